import assert from 'node:assert/strict'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { test } from 'node:test'
import { openSqliteJournal } from '../../journal/sqlite/index.ts'
import { makeHeadLine } from './backup-file.ts'
import { openTokenKeys, readSecrets } from '../../server/token-keys.ts'
import { type CommandEnd, run } from '../testing/command.ts'
import { assertEnds, exportFile, type Moving, openMoving, runCramped } from '../testing/moving.ts'
import { openScratch } from '../../server/testing/scratch.ts'

interface Data extends Moving {
  /** The file of the journal. */
  readonly id: string
}

/** The journal after one start of the current server, with keys. */
async function openData(): Promise<Data> {
  const moving = openMoving('data/journal.sqlite')
  const journal = await openSqliteJournal({ file: moving.file })
  await journal.close()
  openTokenKeys(moving.path('data/secret'))
  return { ...moving, id: journal.id }
}

const exported = async (journal: string): Promise<string> => {
  const { code, stdout, stderr } = await run(['export', '--journal', journal])
  assert.equal(code, 0, stderr)
  return stdout
}

test('[X5] [X7] a backup contains games and keys, and restores to a journal with the same games and keys', async () => {
  using data = await openData()
  const file = data.path('oxo.backup')
  const saved = await run(['backup', file, '--journal', data.journal])
  assert.deepEqual(saved, { code: 0, stdout: `Saved 31 entries of 4 games and 1 key to ${file}.\n`, stderr: '' })
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const checked = await run(['restore', '--check', '--json', file])
  assert.partialDeepStrictEqual(JSON.parse(checked.stdout), {
    ok: true,
    journal: data.id,
    entries: 31,
    games: 4,
    keys: 1,
  })

  const there = data.path('elsewhere/deep/journal.sqlite')
  const restored = await run(['restore', file, '--journal', `sqlite:${there}`])
  assert.equal(restored.code, 0, restored.stderr)
  assert.match(restored.stdout, /^Restored 31 entries of 4 games to .*journal\.sqlite and 1 key to .*\/secret/)
  const folder = data.path('elsewhere/deep')
  assert.deepEqual(readdirSync(folder).toSorted(), ['journal.sqlite', 'journal.sqlite.lock', 'secret'])
  for (const name of readdirSync(folder)) assert.equal(statSync(`${folder}/${name}`).mode & 0o777, 0o600, name)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.deepEqual(readSecrets(`${folder}/secret`), readSecrets(data.path('data/secret')))
  assert.equal(await exported(`sqlite:${there}`), await exported(data.journal))
  const journal = await openSqliteJournal({ file: there })
  await journal.close()
  assert.notEqual(journal.id, data.id, 'a restore is another history')
})

test('[X7] a repeated backup adds the new entries, and a whole backup exists at all times', async () => {
  using data = await openData()
  const file = data.path('oxo.backup')
  const save = (): Promise<CommandEnd> => run(['backup', file, '--json', '--journal', data.journal])
  await save()
  const before = readFileSync(file)
  assert.equal((await save()).code, 0)
  const again = readFileSync(file)
  assert.deepEqual(again.subarray(again.indexOf('\n')), before.subarray(before.indexOf('\n')), 'nothing was new')
  const journal = await openSqliteJournal({ file: data.path('data/journal.sqlite') })
  await journal.append('new-game', 0, '{"at":1,"event":{"type":"created"}}')
  await journal.close()
  // The drafts of a killed backup and of a running one.
  writeFileSync(`${file}.999999999.new`, 'half')
  writeFileSync(`${file}.${process.pid}.new`, 'under way')
  assert.partialDeepStrictEqual(JSON.parse((await save()).stdout), { ok: true, entries: 32, games: 5, keys: 1 })
  assert.deepEqual(readdirSync(data.folder).toSorted(), ['data', 'oxo.backup', `oxo.backup.${process.pid}.new`])
  assert.equal((await run(['restore', '--check', file])).code, 0)
})

test('[X7] in a folder each journal has its own file, and a single one is found', async () => {
  using data = await openData()
  using other = await openData()
  const folder = data.path('backups/')
  for (const { journal } of [data, data]) assert.equal((await run(['backup', folder, '--journal', journal])).code, 0)
  assert.deepEqual(readdirSync(folder), [`oxo-${data.id}.backup`])
  assert.equal((await run(['restore', '--check', folder])).code, 0)
  assert.equal((await run(['backup', folder, '--journal', other.journal])).code, 0)
  assert.equal(readdirSync(folder).length, 2)
  assertEnds(await run(['restore', '--check', folder]), 2, /^There are 2 backups in .*: name one of oxo-/)
  mkdirSync(data.path('none'))
  assertEnds(await run(['restore', data.path('none')]), 1, /^There is no backup in /)
})

test('[X7] the keys come from the environment, else from the file; a backup without keys needs --no-keys', async () => {
  using data = await openData()
  const [first, second] = ['a'.repeat(32), 'b'.repeat(32)]
  const save = (name: string, ...more: string[]) => ['backup', data.path(name), '--journal', data.journal, ...more]
  const back = async (name: string): Promise<readonly string[] | null> => {
    const ended = await run(['restore', data.path(name), '--journal', `sqlite:${data.path(`of-${name}/journal`)}`])
    assert.equal(ended.code, 0, ended.stderr)
    return readSecrets(data.path(`of-${name}/secret`))
  }
  assert.equal((await run(save('both'), { env: { OXO_SECRET: `${first},${second}` } })).code, 0)
  assert.deepEqual(await back('both'), [first, second])
  assertEnds(
    await run(save('short'), { env: { OXO_SECRET: 'short' } }),
    2,
    /^OXO_SECRET is too short: a secret needs at least 32/,
  )
  writeFileSync(data.path('data/secret'), 'cut')
  assertEnds(await run(save('cut')), 1, /^The token key .* is damaged/)
  writeFileSync(data.path('data/secret'), first)
  assert.equal((await run(save('one'))).code, 0)
  assert.deepEqual(await back('one'), [first])
  using bare = openScratch()
  copyFileSync(data.path('data/journal.sqlite'), bare.path('journal'))
  const without = ['backup', bare.path('x'), '--journal', `sqlite:${bare.path('journal')}`]
  assertEnds(
    await run(without),
    1,
    /^There are no keys in .*\/secret: set OXO_SECRET as the server has it; or use --no-keys/,
  )
  assert.equal((await run([...without, '--no-keys'])).code, 0)
})

test('[X8] a restore refuses a place that is in use, and leaves it unchanged', async () => {
  using data = await openData()
  const file = data.path('oxo.backup')
  await run(['backup', file, '--journal', data.journal])
  const before = readdirSync(data.path('data'))
  assertEnds(
    await run(['restore', file, '--journal', data.journal]),
    1,
    /data is in use: it has .*journal\.sqlite; stop/,
  )
  for (const left of ['-wal', '-shm', '.catalog']) {
    const folder = data.path(`left${left}`)
    mkdirSync(folder)
    writeFileSync(`${folder}/journal${left}`, '')
    const ended = await run(['restore', file, '--journal', `sqlite:${folder}/journal`])
    assertEnds(
      ended,
      1,
      /is in use: it has .*; stop its server and move its files away, or restore to another folder\.$/m,
    )
    assert.deepEqual(readdirSync(folder), [`journal${left}`])
  }
  mkdirSync(data.path('others'))
  writeFileSync(data.path('others/secret'), 'c'.repeat(32))
  const others = await run(['restore', file, '--journal', `sqlite:${data.path('others/journal')}`])
  assertEnds(others, 1, /secret holds other keys than the backup/)
  assert.deepEqual(readdirSync(data.path('others')), ['secret'])
  assert.deepEqual(readdirSync(data.path('data')), before)
})

const harms: Readonly<Record<string, readonly [(file: string) => void, RegExp]>> = {
  'is cut short': [(file) => truncateSync(file, statSync(file).size - 40), /^The export is cut short/],
  'is cut in its first line': [(file) => truncateSync(file, 50), /^The backup .* is cut short in line 1\.$/m],
  'is empty': [(file) => truncateSync(file, 0), /is cut short in line 1/],
  'has another byte in a move': [(file) => edit(file, '\\"x\\":', '\\"y\\":'), /is damaged: entry \d+ of game/],
  'has another key': [
    (file) => edit(file, /"keys":\["..../, '"keys":["XXXX'),
    /^Line 1 of .* is damaged: it does not match/,
  ],
  'has another journal in its first line': [(file) => edit(file, /"journal":".../, '"journal":"XXX'), /is damaged/],
  'is of a newer format': [
    (file) => edit(file, '"format":1,"journal"', '"format":2,"journal"'),
    /has format 2, .*newer one/,
  ],
  'has an export of a newer format': [(file) => edit(file, 'export","format":1', 'export","format":9'), /has format 9/],
  'is something else': [(file) => writeFileSync(file, 'my diary\n'), /is no backup: `oxo backup` writes one\.$/m],
  'is an export': [(file) => copyFileSync(exportFile, file), /is an export, .*`oxo import` takes it/],
}

function edit(file: string, what: string | RegExp, by: string): void {
  const before = readFileSync(file, 'utf8')
  const after = before.replace(what, by)
  assert.notEqual(after, before)
  writeFileSync(file, after)
}

for (const [harm, [make, complaint]] of Object.entries(harms))
  test(`[X8] a backup that ${harm} is refused by a check, a restore and the next backup, and nothing is created or lost`, async () => {
    using data = await openData()
    const file = data.path('oxo.backup')
    await run(['backup', file, '--journal', data.journal])
    make(file)
    const bytes = readFileSync(file)
    assertEnds(await run(['restore', '--check', file]), 1, complaint)
    assertEnds(await run(['restore', file, '--journal', `sqlite:${data.path('new/journal')}`]), 1, complaint)
    assert.ok(!existsSync(data.path('new')))
    // A backup that is only cut short is continued from its last mark.
    if (harm === 'is cut short') return
    const again = await run(['backup', file, '--journal', data.journal])
    assert.equal(again.code, 1, again.stdout)
    assert.deepEqual(readFileSync(file), bytes)
  })

test('[X8] a backup is not added to a backup of another journal, or to one from before a restore', async () => {
  using data = await openData()
  const file = data.path('oxo.backup')
  await run(['backup', file, '--journal', data.journal])
  const bytes = readFileSync(file)
  const back = `sqlite:${data.path('back/journal')}`
  assert.equal((await run(['restore', file, '--journal', back])).code, 0)
  assertEnds(
    await run(['backup', file, '--journal', back]),
    1,
    /is a backup of another history: .*: keep it, and choose another file/,
  )
  assert.deepEqual(readFileSync(file), bytes)
})

test('[X8] a full disk ends both with one sentence: the old backup is unchanged, and a restore leaves nothing', async () => {
  using data = await openData()
  const file = data.path('oxo.backup')
  await run(['backup', file, '--journal', data.journal])
  const bytes = readFileSync(file)
  const journal = await openSqliteJournal({ file: data.path('data/journal.sqlite') })
  const body = JSON.stringify({ at: 1, event: { type: 'created' }, filler: 'x'.repeat(100_000) })
  await journal.append('new-game', 0, body)
  const saved = await runCramped(64, ['backup', file, '--journal', data.journal])
  await journal.close()
  assertEnds(saved, 1, /^There is no space for the backup; the previous one is unchanged\./)
  assert.deepEqual(readFileSync(file), bytes)
  assert.deepEqual(readdirSync(data.folder).toSorted(), ['data', 'oxo.backup'])
  assert.equal((await run(['backup', file, '--journal', data.journal])).code, 0)
  const place = ['restore', file, '--journal', `sqlite:${data.path('new/journal')}`]
  assertEnds(await runCramped(64, place), 1, /nothing was restored/)
  assert.deepEqual(readdirSync(data.path('new')), ['journal.lock'])
  assert.equal((await run(place)).code, 0)
})

test('[X8] an unreadable or unwritable file is reported in one sentence', async () => {
  using data = await openData()
  const file = data.path('oxo.backup')
  const missing = `sqlite:${data.path('none/journal')}`
  assertEnds(await run(['backup', file, '--journal', missing]), 1, /^There is no journal /)
  assertEnds(
    await run(['backup', data.path('none/x'), '--journal', data.journal]),
    1,
    /^There is no folder .*none: create it/,
  )
  assertEnds(await run(['backup', file, '--journal', 'memory']), 2, /name a file as sqlite:FILE/)
  assertEnds(await run(['restore', file]), 1, /^There is no file /)
  await run(['backup', file, '--journal', data.journal])
  writeFileSync(data.path('forged'), makeHeadLine({ journal: null, at: 0, keys: [], owner: null }))
  assertEnds(await run(['restore', data.path('forged'), '--journal', missing]), 1, /cut short/)
  assert.ok(!existsSync(data.path('none')))
  if (process.getuid?.() === 0) return
  mkdirSync(data.path('closed'))
  chmodSync(data.path('closed'), 0o500)
  assertEnds(await run(['backup', data.path('closed/x'), '--journal', data.journal]), 1, /no permission to use/)
})
