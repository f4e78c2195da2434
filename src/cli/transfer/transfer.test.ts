import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { openSqliteJournal } from '../../journal/sqlite/index.ts'
import { endOf, mainFile, run } from '../testing/command.ts'
import { assertEnds, exportFile, openMoving, runCramped } from '../testing/moving.ts'
import { openScratch } from '../../server/testing/scratch.ts'

const facts = { entries: 31, games: 4, digest: '82b6a47bb90815286f814c0201b09438848b244ab2f676885aefed520e025064' }

test('[X1] [X6] a journal is exported to a file or standard output, and imported from either', async () => {
  using scratch = openMoving('journal.sqlite')
  const env = { OXO_JOURNAL: scratch.journal }
  const file = scratch.path('backup.ndjson')
  const [toFile, toOutput] = await Promise.all([
    run(['export', file], { env }),
    run(['export', '--json', '--journal', scratch.journal]),
  ])
  assert.deepEqual(toFile, { code: 0, stdout: `Exported 31 entries of 4 games to ${file}.\n`, stderr: '' })
  assert.equal(readFileSync(file, 'utf8'), readFileSync(exportFile, 'utf8'))
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(toOutput.stdout, readFileSync(exportFile, 'utf8'))
  assert.deepEqual(JSON.parse(toOutput.stderr), { ok: true, ...facts })
  const [a, b] = [scratch.path('a/journal.sqlite'), scratch.path('b/journal.sqlite')]
  const [fromFile, fromInput] = await Promise.all([
    run(['import', file, '--journal', `sqlite:${a}`]),
    run(['import', '--json', '--journal', `sqlite:${b}`], { input: toOutput.stdout }),
  ])
  assert.equal(fromFile.stdout, `31 entries of 4 games are in sqlite:${a}, 31 of them new.\n`)
  assert.deepEqual(JSON.parse(fromInput.stdout), { ok: true, entries: 31, games: 4, added: 31 })
  const back = await Promise.all([a, b].map((place) => run(['export', '--journal', `sqlite:${place}`])))
  for (const { stdout } of back) assert.equal(stdout, toOutput.stdout)
})

test('[X5] an export can be continued, and neither an existing file nor an export of another journal is overwritten', async () => {
  using scratch = openMoving('journal.sqlite')
  const { journal } = scratch
  const file = scratch.path('backup.ndjson')
  const first = await run(['export', file, '--journal', journal, '--continue'])
  assert.equal(first.code, 0, first.stderr)
  assertEnds(
    await run(['export', file, '--journal', journal]),
    1,
    /already exists: choose another name, or add --continue to extend it\.$/m,
  )
  truncateSync(file, 5000)
  const again = await run(['export', file, '--journal', journal, '--continue', '--json'])
  assert.deepEqual(JSON.parse(again.stdout), { ok: true, ...facts })
  const { ino, mtimeMs } = statSync(file)
  await run(['export', file, '--journal', journal, '--continue'])
  assert.deepEqual([statSync(file).ino, statSync(file).mtimeMs], [ino, mtimeMs])

  const own = await openSqliteJournal({ file: scratch.path('journal.sqlite') })
  await own.append('new', 0, 'what is new since')
  await own.close()
  const further = scratch.path('further.ndjson')
  copyFileSync(file, further)
  const grown = await run(['export', further, '--journal', journal, '--continue', '--json'])
  assert.deepEqual([JSON.parse(grown.stdout).entries, JSON.parse(grown.stdout).games], [32, 5])
  assert.deepEqual(JSON.parse((await run(['import', '--check', further, '--json'])).stdout), JSON.parse(grown.stdout))

  const other = await openSqliteJournal({ file: scratch.path('other.sqlite') })
  await other.append('main', 0, 'something else')
  await other.close()
  const elsewhere = `sqlite:${scratch.path('other.sqlite')}`
  const diary = scratch.path('diary')
  writeFileSync(diary, 'my diary')
  const refused = await Promise.all([
    run(['export', file, '--journal', elsewhere, '--continue']),
    run(['export', diary, '--journal', journal, '--continue']),
    run(['export', '-', '--journal', journal, '--continue']),
  ])
  assertEnds(refused[0], 1, /is an export of another journal/)
  assertEnds(refused[1], 1, /this is not an export/i)
  assertEnds(refused[2], 2, /name the file instead of standard output/)
  assert.equal(readFileSync(file, 'utf8'), readFileSync(exportFile, 'utf8'))
  assert.equal(readFileSync(diary, 'utf8'), 'my diary')
})

test('[X2] [X6] damage and conflicts are refused in one sentence, and as facts for scripts', async () => {
  using scratch = openMoving('journal.sqlite')
  const { journal } = scratch
  const damaged = scratch.path('damaged.ndjson')
  writeFileSync(damaged, readFileSync(exportFile, 'utf8').replace('\\"x\\":', '\\"y\\":'))
  const target = scratch.path('target.sqlite')
  const played = await openSqliteJournal({ file: scratch.path('played.sqlite') })
  await played.append('main', 0, 'another beginning')
  await played.close()
  const [plain, json, checked, conflict] = await Promise.all([
    run(['import', damaged, '--journal', `sqlite:${target}`]),
    run(['import', damaged, '--journal', `sqlite:${scratch.path('t.sqlite')}`, '--json']),
    run(['import', '--check', damaged]),
    run(['import', exportFile, '--journal', `sqlite:${scratch.path('played.sqlite')}`, '--json']),
  ])
  const sentence = /^Line \d+ is damaged: entry \d+ of game main does not match its chain\.$/m
  assertEnds(plain, 1, sentence)
  assertEnds(checked, 1, sentence)
  const { message: _, line, ...told } = JSON.parse(json.stdout)
  assert.deepEqual(told, { ok: false, reason: 'damaged', game: 'main', version: 2 })
  assert.ok(line > 1)
  assert.deepEqual(
    [JSON.parse(conflict.stdout)].map(({ reason, game, version }) => [reason, game, version]),
    [['conflict', 'main', 1]],
  )
  const empty = await run(['export', '--json', '--journal', `sqlite:${target}`])
  assert.equal(JSON.parse(empty.stderr).entries, 0)
  assert.deepEqual(JSON.parse((await run(['import', '--check', exportFile, '--json'])).stdout), { ok: true, ...facts })
  assert.ok(existsSync(scratch.path('journal.sqlite')) && journal !== '')
})

test('[X4] damaged, missing and busy journals are reported', async () => {
  using scratch = openMoving('journal.sqlite')
  mkdirSync(scratch.path('folder'))
  const held = await openSqliteJournal({ file: scratch.path('held.sqlite') })
  const [gone, noFile, folder, locked, memory, diary] = await Promise.all([
    run(['export', '--journal', `sqlite:${scratch.path('nothing')}`]),
    run(['import', scratch.path('nothing'), '--journal', `sqlite:${scratch.path('new.sqlite')}`]),
    run(['import', scratch.path('folder'), '--journal', `sqlite:${scratch.path('new.sqlite')}`]),
    run(['import', exportFile, '--journal', `sqlite:${scratch.path('held.sqlite')}`]),
    run(['export', '--journal', 'memory']),
    run(['export', '--journal', `sqlite:${exportFile}`]),
  ])
  await held.close()
  assertEnds(gone, 1, /^There is no journal .*nothing: check the path\.$/m)
  assertEnds(noFile, 1, /^There is no file .*nothing\.$/m)
  assertEnds(folder, 1, /is a folder/)
  assertEnds(locked, 1, /in use by another process/)
  assertEnds(memory, 2, /name a file as sqlite:FILE/)
  assertEnds(diary, 1, /damaged|not a journal/)
  assert.deepEqual([existsSync(scratch.path('nothing')), existsSync(scratch.path('new.sqlite'))], [false, false])
})

test('[X5] a full disk ends an export with one sentence, and the export continues once there is space', async () => {
  using scratch = openMoving('journal.sqlite')
  const { journal } = scratch
  const file = scratch.path('backup.ndjson')
  const held = await openSqliteJournal({ file: scratch.path('journal.sqlite') })
  const [toFile, toOutput] = await Promise.all([
    runCramped(4, ['export', file, '--journal', journal]),
    runCramped(4, ['export', '--journal', journal], true),
  ])
  await held.close()
  for (const ended of [toFile, toOutput]) assertEnds(ended, 1, /^There is no space .* --continue\.$/m)
  assert.equal(statSync(file).size, 4096)
  assert.equal((await run(['export', file, '--journal', journal, '--continue'])).code, 0)
  assert.equal(readFileSync(file, 'utf8'), readFileSync(exportFile, 'utf8'))
})

test('an export whose reader closes the pipe reports that it is incomplete', async () => {
  using scratch = openScratch()
  const journal = await openSqliteJournal({ file: scratch.path('journal.sqlite') })
  await Promise.all(Array.from({ length: 5000 }, (_, index) => journal.append('g', index, 'x'.repeat(100))))
  await journal.close()
  const script = 'set -o pipefail; "$@" | head -c 10 > /dev/null'
  const args = ['export', '--journal', `sqlite:${scratch.path('journal.sqlite')}`]
  const { code, stderr } = await endOf(spawn('bash', ['-c', script, 'bash', process.execPath, mainFile, ...args]))
  assert.deepEqual([code, stderr], [1, 'The reader of the export has closed the pipe: the export is incomplete.\n'])
})
