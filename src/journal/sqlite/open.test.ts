import assert from 'node:assert/strict'
import { chmodSync, chownSync, readdirSync } from 'node:fs'
import { mkdtempDisposable, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { seededRandom } from '../../base/index.ts'
import { type Entry, JournalFault } from '../index.ts'
import { openDatabase } from './database.ts'
import { openSqliteJournal } from './index.ts'
import { SqliteReader } from './reader.ts'
import { fileFault } from './sqlite-fault.ts'
import { SqliteWriter } from './writer.ts'

const prefix = join(tmpdir(), 'oxo-journal-')

/** Writes a closed journal with `count` entries in each of three games. */
function write(file: string, count: number): void {
  using database = openDatabase(file, 'process')
  const writer = new SqliteWriter(database)
  for (let version = 0; version < count; version++) {
    const games = ['a', 'b', 'c']
    const bodies = games.map((game) => `entry ${version + 1} of ${game}`)
    writer.commit({ games, afters: games.map(() => version), bodies, followed: false })
  }
  writer.count()
}

/** Changes a closed journal directly. */
function harm(file: string, sql: string): void {
  using database = new DatabaseSync(file)
  database.exec(sql)
}

/** Runs `act` as a user other than root, who owns the files: root may write to every file. */
function asNobody(files: readonly string[], act: () => void): void {
  if (process.geteuid?.() !== 0) return act()
  const nobody = 65_534
  for (const file of files) chownSync(file, nobody, nobody)
  process.seteuid?.(nobody)
  try {
    act()
  } finally {
    process.seteuid?.(0)
  }
}

/** Blocks the event loop long enough for a thread to send its message and to end. */
function blockLoop(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
}

test('[J7] only the owner may access a new file and its folder', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'deep', 'er', 'journal')
  await (await openSqliteJournal({ file })).close()
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.equal((await stat(join(folder.path, 'deep'))).mode & 0o777, 0o700)
})

test('[J7] a read-only file is refused when it is opened, not at the first move', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  write(file, 1)
  chmodSync(file, 0o400)
  asNobody([folder.path, file], () => {
    assert.throws(() => openDatabase(file, 'disk'), /attempt to write a readonly database/)
    for (const each of readdirSync(folder.path)) chmodSync(join(folder.path, each), 0o600)
    openDatabase(file, 'disk').close()
  })
})

test('[J7] an open journal cannot be opened a second time; after it is closed it can', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const first = await openSqliteJournal({ file })
  await assert.rejects(openSqliteJournal({ file }), (fault: JournalFault) => {
    assert.equal(fault.fault, 'locked')
    assert.match(fault.message, new RegExp(`${file} is in use by another process: stop`))
    return true
  })
  assert.equal(await first.append('a', 0, 'one'), 'stored')
  const second = openSqliteJournal({ file })
  await first.close()
  await (await second).close()
})

test('[J7] a file that is not a journal is refused even if the event loop gets the message late', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  await writeFile(file, 'X 1 1\n'.repeat(1000))
  const opening = assert.rejects(openSqliteJournal({ file }), new RegExp(`the journal ${file} is damaged`))
  blockLoop()
  await opening
})

const unfit = {
  'no database': (file) => writeFile(file, 'X 1 1\n'.repeat(1000)),
  'a database of another program': async (file) => harm(file, 'CREATE TABLE entry (a)'),
  'of a newer format': async (file) => {
    write(file, 1)
    harm(file, 'PRAGMA user_version = 99')
  },
  'changed in one of its last entries': async (file) => {
    write(file, 1)
    harm(file, `UPDATE entry SET body = 'forged' WHERE position = 2`)
  },
  'cut short': async (file) => {
    write(file, 1000)
    await truncate(file, Math.floor((await stat(file)).size / 2))
  },
} satisfies Record<string, (file: string) => Promise<void>>

for (const [what, make] of Object.entries(unfit)) {
  test(`[J7] a file that is ${what} is refused by name and not changed`, async () => {
    await using folder = await mkdtempDisposable(prefix)
    const file = join(folder.path, 'journal')
    await make(file)
    const before = await readFile(file)
    await assert.rejects(openSqliteJournal({ file }), (fault: JournalFault) => {
      assert.equal(fault.fault, 'corrupt')
      assert.ok(fault.message.includes(file), fault.message)
      return true
    })
    assert.deepEqual(await readFile(file), before)
  })
}

test('[J7] a file that cannot be created is unavailable', async () => {
  await using folder = await mkdtempDisposable(prefix)
  await writeFile(join(folder.path, 'file'), '')
  const file = join(folder.path, 'file', 'journal')
  await assert.rejects(openSqliteJournal({ file }), { name: 'JournalFault', fault: 'unavailable' })
  // Where no folders can be created, the system may answer that the parent folder does not exist.
  await assert.rejects(openSqliteJournal({ file: '/proc/oxo/journal' }), {
    fault: 'unavailable',
    message: /\/proc\/oxo/,
  })
})

test('[J6] an old entry that was changed or lost is detected when it is read or followed', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  write(file, 100)
  harm(file, `UPDATE entry SET body = 'forged' WHERE game = 1 AND version = 7`)
  harm(file, `DELETE FROM entry WHERE game = 2 AND version = 7`)
  const journal = await openSqliteJournal({ file })
  await assert.rejects(journal.read('a'), { fault: 'corrupt', message: /entry 7 of game a/ })
  await assert.rejects(journal.read('a', 6), { fault: 'corrupt' })
  await assert.rejects(journal.readBack('a'), { fault: 'corrupt', message: /entry 7 of game a/ })
  await assert.rejects(journal.readBack('a', 8, 1), { fault: 'corrupt' })
  assert.equal((await journal.readBack('a', Infinity, 50)).length, 50)
  await assert.rejects(journal.read('b'), { fault: 'corrupt', message: /entry 7 of game b/ })
  assert.equal((await journal.read('c')).length, 100)
  assert.equal((await journal.read('a', 7)).length, 93)
  await assert.rejects(journal.follow('', () => {}).caughtUp, { fault: 'corrupt', message: /entry 20 is missing/ })
  await journal.close()
})

test('[J6] a flipped bit never changes what is read: entries are unchanged, or reading fails', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  write(file, 40)
  const sound = await readFile(file)
  const random = seededRandom(6)
  let faults = 0
  for (let round = 0; round < 200; round++) {
    const harmed = Buffer.from(sound)
    const at = random.below(harmed.length)
    harmed[at] = harmed.readUInt8(at) ^ (1 << random.below(8))
    await writeFile(file, harmed)
    if (await isNoticed(file)) faults++
  }
  assert.ok(faults > 20, `${faults} of 200 flips were noticed`)
})

/** Whether reading the journal fails. If it succeeds, the entries must be as they were written. */
async function isNoticed(file: string): Promise<boolean> {
  const entries: Entry[] = []
  try {
    openDatabase(file, 'process').close()
    using reader = new SqliteReader(file)
    for (const game of ['a', 'b', 'c']) entries.push(...(await reader.game(game, 0)))
  } catch (error) {
    assert.ok(fileFault(file, error) instanceof JournalFault)
    return true
  }
  for (const { game, version, body } of entries) assert.equal(body, `entry ${version} of ${game}`)
  return false
}
