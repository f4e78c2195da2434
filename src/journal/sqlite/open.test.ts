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
import { Reader } from './reader.ts'
import { fileFault } from './sqlite-fault.ts'
import { Writer } from './writer.ts'

const prefix = join(tmpdir(), 'oxo-journal-')

/** A closed journal with `count` entries in each of three games. */
function write(file: string, count: number): void {
  using database = openDatabase(file, 'process')
  const writer = new Writer(database)
  for (let version = 0; version < count; version++) {
    const games = ['a', 'b', 'c']
    const bodies = games.map((game) => `entry ${version + 1} of ${game}`)
    writer.commit({ games, afters: games.map(() => version), bodies, followed: false })
  }
  writer.count()
}

/** Does something to a closed journal that nobody should. */
function harm(file: string, sql: string): void {
  using database = new DatabaseSync(file)
  database.exec(sql)
}

/** For root every file can be written: then by somebody else, who owns the files. */
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

/** Long enough for a thread to say what it has to, and to end. */
function blockLoop(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
}

test('[J7] the file and its folder are made for their owner only', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'deep', 'er', 'journal')
  await (await openSqliteJournal({ file })).close()
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.equal((await stat(join(folder.path, 'deep'))).mode & 0o777, 0o700)
})

test('[J7] a file that may be read and not written is refused when it is opened, not at the first move', async () => {
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

test('[J7] a journal that is open cannot be opened again; once it is closed it can', async () => {
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

test('[J7] a file that is no journal is refused however late the loop hears of it', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  await writeFile(file, 'X 1 1\n'.repeat(1000))
  const opening = assert.rejects(openSqliteJournal({ file }), new RegExp(`the journal ${file} is damaged`))
  blockLoop()
  await opening
})

const unfit = {
  'no database': (file) => writeFile(file, 'X 1 1\n'.repeat(1000)),
  'somebody else’s database': async (file) => harm(file, 'CREATE TABLE entry (a)'),
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
  test(`[J7] a file that is ${what} is refused by name, and left as it is`, async () => {
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

test('[J7] a file that cannot be made is unavailable, by name', async () => {
  await using folder = await mkdtempDisposable(prefix)
  await writeFile(join(folder.path, 'file'), '')
  const file = join(folder.path, 'file', 'journal')
  await assert.rejects(openSqliteJournal({ file }), { name: 'JournalFault', fault: 'unavailable' })
  // Where nobody can make folders, the system may say that the folder above is not there.
  await assert.rejects(openSqliteJournal({ file: '/proc/oxo/journal' }), {
    fault: 'unavailable',
    message: /\/proc\/oxo/,
  })
})

test('[J6] an old entry that was changed or lost is found when it is read or followed', async () => {
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

test('[J6] a flipped byte never changes what is read: a game is a start of itself, or the journal faults', async () => {
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
    if (await noticed(file)) faults++
  }
  assert.ok(faults > 20, `${faults} of 200 flips were noticed`)
})

/** Whether the journal faults; what it reads without one must be as it was written. */
async function noticed(file: string): Promise<boolean> {
  const entries: Entry[] = []
  try {
    openDatabase(file, 'process').close()
    using reader = new Reader(file)
    for (const game of ['a', 'b', 'c']) entries.push(...(await reader.game(game, 0)))
  } catch (error) {
    assert.ok(fileFault(file, error) instanceof JournalFault)
    return true
  }
  for (const { game, version, body } of entries) assert.equal(body, `entry ${version} of ${game}`)
  return false
}
