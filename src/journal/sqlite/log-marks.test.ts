import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtempDisposable, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type Entry, type Journal, JournalFault } from '../index.ts'
import { openSqliteSource } from '../portable/index.ts'
import { openSqliteJournal } from './index.ts'
import { sha256Chain } from '../../base/node/index.ts'

const prefix = join(tmpdir(), 'oxo-journal-')
const fixture = new URL('../../../spec/journal/v1/journal.sqlite', import.meta.url)
/** Each body fills three pages, so that a few hundred entries need several checkpoints. */
const body = 'x'.repeat(10_000)

/**
 * Copies the files as a killed process would leave them. Another process copies them: closing a file here would release
 * SQLite's locks.
 */
function takeImage(file: string, to: string): void {
  execFileSync('cp', existsSync(`${file}-wal`) ? [file, `${file}-wal`, to] : [file, to])
}

/** Appends `count` entries, each in its own commit. */
async function play(journal: Journal, game: string, from: number, count: number): Promise<void> {
  for (let after = from; after < from + count; after++)
    assert.equal(await journal.append(game, after, `${game} ${after + 1} ${body}`), 'stored')
}

async function readAll(journal: Journal): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  const subscription = journal.follow('', (batch) => entries.push(...batch))
  await subscription.caughtUp
  subscription.close()
  return entries
}

interface Opened {
  readonly refused: JournalFault | null
  readonly entries: readonly Entry[]
}

async function openAt(file: string): Promise<Opened> {
  const journal = await openSqliteJournal({ file }).catch((fault: unknown) => {
    if (fault instanceof JournalFault) return fault
    throw fault
  })
  if (journal instanceof JournalFault) return { refused: journal, entries: [] }
  try {
    return { refused: null, entries: await readAll(journal) }
  } finally {
    await journal.close()
  }
}

/** Combines a file and a log from different places in a new folder. Returns the path of the file for `openAt`. */
async function combine(folder: string, file: string, log: string): Promise<string> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  await copyFile(file, join(folder, 'journal'))
  await copyFile(log, join(folder, 'journal-wal'))
  return join(folder, 'journal')
}

function assertRefused({ refused }: Opened, file: string): void {
  assert.equal(refused?.fault, 'corrupt')
  assert.match(refused.message, new RegExp(`${file}-wal does not belong to the journal .*move .* away and start again`))
}

test('[J16] a file with a log from another moment is refused or read in one state, never in a mixture', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'live', 'journal')
  const moments: { readonly file: string; readonly log: string | null; readonly count: number }[] = []
  const snap = async (count: number): Promise<void> => {
    const to = join(folder.path, `moment-${moments.length}`)
    await mkdir(to)
    takeImage(file, to)
    const log = join(to, 'journal-wal')
    moments.push({ file: join(to, 'journal'), log: existsSync(log) ? log : null, count })
  }
  let count = 0
  for (const counts of [[30, 200], [40, 300], [250]]) {
    const journal = await openSqliteJournal({ file, durability: 'process' })
    for (const more of counts) {
      await play(journal, count % 2 === 0 ? 'even' : `odd-${count}`, count % 2 === 0 ? evenSoFar(moments) : 0, more)
      count += more
      await snap(count)
    }
    await journal.close()
    await snap(count)
  }
  const whole = (await openAt(file)).entries
  assert.equal(whole.length, count)
  let [refused, taken] = [0, 0]
  for (const { file: main } of moments)
    for (const { file: other, log } of moments) {
      if (log === null) continue
      const opened = await openAt(await combine(join(folder.path, 'both'), main, log))
      if (opened.refused === null) {
        taken++
        assert.deepEqual(opened.entries, whole.slice(0, opened.entries.length))
      } else {
        refused++
        assertRefused(opened, join(folder.path, 'both', 'journal'))
        assert.notEqual(main, other, 'the log of the same moment belongs to the file')
      }
    }
  assert.ok(refused > 20 && taken > 5, `${refused} refused, ${taken} taken`)
})

/** The number of entries of the game `even`, which continues through all moments, at the last moment. */
function evenSoFar(moments: readonly { readonly count: number }[]): number {
  let [total, before] = [0, 0]
  for (const { count } of moments) {
    if (before % 2 === 0) total += count - before
    before = count
  }
  return total
}

test('[J16] a restored backup with the log of a killed server is refused, and nothing is changed', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const [live, copy, crashed] = ['live', 'copy', 'crashed'].map((name) => join(folder.path, name))
  assert.ok(live !== undefined && copy !== undefined && crashed !== undefined)
  const file = join(live, 'journal')
  const journal = await openSqliteJournal({ file, durability: 'process' })
  await play(journal, 'a', 0, 200)
  {
    using database = new DatabaseSync(file, { readOnly: true })
    await backup(database, copy)
  }
  await play(journal, 'a', 200, 600)
  await mkdir(crashed)
  takeImage(file, crashed)
  await journal.close()
  const restored = await combine(join(folder.path, 'restored'), copy, join(crashed, 'journal-wal'))
  assertRefused(await openAt(restored), restored)
  assert.throws(() => openSqliteSource(restored), /does not belong/)
  assert.deepEqual(await readFile(restored), await readFile(copy))
  assert.deepEqual(await readFile(`${restored}-wal`), await readFile(join(crashed, 'journal-wal')))
  // Follows the advice in the message.
  await rm(`${restored}-wal`)
  await rm(`${restored}-shm`, { force: true })
  assert.equal((await openAt(restored)).entries.length, 200)
})

const wrongLogs: Readonly<Record<string, (file: string, folder: string) => Promise<void>>> = {
  'of another journal': async (file, folder) => {
    const other = await openSqliteJournal({ file: join(folder, 'other') })
    await play(other, 'a', 0, 3)
    execFileSync('cp', [join(folder, 'other-wal'), `${file}-wal`])
    await other.close()
  },
  'and VACUUM has put everything on other pages': async (file, folder) => {
    const journal = await openSqliteJournal({ file })
    await play(journal, 'a', 3, 3)
    await mkdir(join(folder, 'image'))
    takeImage(file, join(folder, 'image'))
    await journal.close()
    await copyFile(join(folder, 'image', 'journal'), file)
    {
      using database = new DatabaseSync(file)
      database.exec('VACUUM')
    }
    await copyFile(join(folder, 'image', 'journal-wal'), `${file}-wal`)
  },
  'and the journal itself is gone': async (file, folder) => {
    const journal = await openSqliteJournal({ file })
    await play(journal, 'a', 3, 3)
    execFileSync('cp', [`${file}-wal`, join(folder, 'log')])
    await journal.close()
    await rm(file)
    await copyFile(join(folder, 'log'), `${file}-wal`)
  },
  'with nothing that Oxo wrote': async (file, folder) => {
    const path = join(folder, 'tool')
    await copyFile(file, path)
    using database = new DatabaseSync(path)
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE thing (a)')
    execFileSync('cp', [`${path}-wal`, `${file}-wal`])
  },
}

for (const [what, make] of Object.entries(wrongLogs))
  test(`[J16] a log ${what} is refused`, async () => {
    await using folder = await mkdtempDisposable(prefix)
    const file = join(folder.path, 'journal')
    const journal = await openSqliteJournal({ file })
    await play(journal, 'a', 0, 3)
    await journal.close()
    await make(file, folder.path)
    assertRefused(await openAt(file), file)
  })

test('[J16] a rollback journal next to the file is refused, and the file is not changed', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const [file, tool] = [join(folder.path, 'journal'), join(folder.path, 'tool')]
  const journal = await openSqliteJournal({ file })
  await play(journal, 'a', 0, 30)
  await journal.close()
  await copyFile(file, tool)
  {
    using database = new DatabaseSync(tool)
    database.exec(`PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; UPDATE entry SET body = body || 'x'`)
    execFileSync('cp', [`${tool}-journal`, `${file}-journal`])
  }
  const before = await readFile(file)
  const refused = {
    fault: 'corrupt',
    message: /-journal does not belong to the journal .*Move .* away and start again/,
  }
  await assert.rejects(openSqliteJournal({ file }), refused)
  assert.deepEqual(await readFile(file), before)
  await rm(`${file}-journal`)
  assert.equal((await openAt(file)).entries.length, 30)
})

test('[J16] an incomplete end of a log, as after a power cut, is ignored and the rest is used', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const journal = await openSqliteJournal({ file })
  await play(journal, 'a', 0, 20)
  takeImage(file, await mkdir(join(folder.path, 'image')).then(() => join(folder.path, 'image')))
  await journal.close()
  const image = join(folder.path, 'image', 'journal')
  const { size } = await stat(`${image}-wal`)
  let opened = 0
  for (const cut of [1, 5_000, size - 9_000, size - 33, size - 32, size - 1, size]) {
    const torn = await combine(join(folder.path, 'torn'), image, `${image}-wal`)
    await truncate(`${torn}-wal`, size - cut)
    const { refused, entries } = await openAt(torn)
    assert.equal(refused, null, `cut by ${cut}`)
    assert.ok(entries.length < 20)
    opened = Math.max(opened, entries.length)
    await writeFile(`${torn}-wal`, Buffer.alloc(0))
  }
  assert.equal(opened, 19)
})

test('[J16] a log from before there were marks is used if the file with it is undamaged', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  await copyFile(fixture, file)
  const image = join(folder.path, 'image')
  await mkdir(image)
  {
    using database = new DatabaseSync(file)
    const last = database
      .prepare('SELECT game, version, lower(hex(chain)) AS chain FROM entry ORDER BY position DESC')
      .get()
    const [version, chain] = [Number(last?.['version']) + 1, String(last?.['chain'])]
    database.exec('PRAGMA journal_mode = WAL')
    database
      .prepare(`INSERT INTO entry VALUES (32, ?, ?, 'one more', unhex(?))`)
      .run(last?.['game'] ?? null, version, sha256Chain(chain, version, 'one more'))
    takeImage(file, image)
  }
  const crashed = join(image, 'journal')
  await copyFile(`${crashed}-wal`, join(folder.path, 'log'))
  assert.equal((await openAt(crashed)).entries.length, 32)
  // Now the file has marks, and the same log belongs to an older state.
  await copyFile(join(folder.path, 'log'), `${crashed}-wal`)
  assertRefused(await openAt(crashed), crashed)
})
