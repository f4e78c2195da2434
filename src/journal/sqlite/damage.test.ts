import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { seededRandom } from '../../base/index.ts'
import { JournalFault } from '../index.ts'
import { uncountedMax } from '../limits.ts'
import { openDatabase } from './database.ts'
import { openSqliteJournal } from './index.ts'
import { type Damage, Inspector } from './inspect.ts'
import { SqliteReader } from './reader.ts'
import { numberOf } from '../../base/node/index.ts'
import { fileFault } from './sqlite-fault.ts'
import { harm, leavesOf, type HarmedPart } from './testing/harm.ts'
import { SqliteWriter } from './writer.ts'

const prefix = join(tmpdir(), 'oxo-journal-')
const games = 120
const entries = 12
const ids = Array.from({ length: games }, (_, index) => `game-${index * 7919}`)
const bodyOf = (game: string, version: number): string => `entry ${version} of ${game}, with a few words more`

/** Writes a closed journal of games of the same length, with their entry counts in their rows. */
function write(file: string): void {
  using database = openDatabase(file, 'process')
  const writer = new SqliteWriter(database)
  for (let after = 0; after < entries; after++)
    writer.commit({
      games: ids,
      afters: ids.map(() => after),
      bodies: ids.map((id) => bodyOf(id, after + 1)),
      followed: false,
    })
  writer.count()
}

/** Reads a game. Resolves with the number of its entries, or with the fault. */
async function readGame(reader: SqliteReader, game: string): Promise<number | JournalFault> {
  try {
    const found = await reader.game(game, 0)
    for (const { version, body } of found) assert.equal(body, bodyOf(game, version))
    return found.length
  } catch (error) {
    const fault = fileFault('the file', error)
    assert.equal(fault.fault, 'corrupt', String(error))
    return fault
  }
}

interface Outcome {
  /** Journals that were refused when they were opened. */
  refused: number
  /** Games that could not be read. */
  faulted: number
  /** Games that were read with a wrong number of entries. */
  wrong: number
  /** Appends that were stored although they named an old version. */
  forked: number
}

/** Opens the file, reads every game and tries to append to it after old versions. */
async function tryOut(file: string, outcome: Outcome): Promise<void> {
  let database: DatabaseSync
  let writer: SqliteWriter
  try {
    database = openDatabase(file, 'process')
    writer = new SqliteWriter(database)
  } catch (error) {
    assert.equal(fileFault(file, error).fault, 'corrupt')
    outcome.refused++
    return
  }
  try {
    using reader = new SqliteReader(file)
    for (const game of ids) {
      const found = await readGame(reader, game)
      if (found instanceof JournalFault) outcome.faulted++
      else if (found !== entries) outcome.wrong++
      // Tries old versions too, whatever the index says: a player may act on a state from before the damage.
      const all = Array.from({ length: entries }, (_, after) => after)
      const afters = found instanceof JournalFault ? all : [0, found].filter((after) => after < entries)
      outcome.forked += afters.filter((after) => isStored(writer, game, after)).length
    }
  } finally {
    database.close()
  }
}

function isStored(writer: SqliteWriter, game: string, after: number): boolean {
  const answer = writer.commit({ games: [game], afters: [after], bodies: ['a fork'], followed: false })
  return answer.type === 'committed' && answer.conflicts.length === 0
}

const parts: readonly HarmedPart[] = ['index of entries', 'index of games', 'entries', 'games']

for (const part of parts)
  test(`[J18] one changed bit in the ${part}: no game is read too short, and none forks`, async () => {
    await using folder = await mkdtempDisposable(prefix)
    const [sound, file] = [join(folder.path, 'sound'), join(folder.path, 'harmed')]
    write(sound)
    const random = seededRandom(part.length)
    const outcome: Outcome = { refused: 0, faulted: 0, wrong: 0, forked: 0 }
    for (let round = 0; round < 40; round++) {
      await copyFile(sound, file)
      harm(file, part, random)
      await tryOut(file, outcome)
    }
    assert.deepEqual([outcome.wrong, outcome.forked], [0, 0], JSON.stringify(outcome))
    assert.ok(outcome.faulted + outcome.refused > 5, JSON.stringify(outcome))
  })

/** The whole content of the file, by the tables and by each index; null: it cannot be read. */
function dump(file: string): string | null {
  try {
    using database = new DatabaseSync(file, { readOnly: true })
    const queries = [
      'SELECT * FROM game NOT INDEXED ORDER BY number',
      'SELECT * FROM entry NOT INDEXED ORDER BY position',
      'SELECT id, number FROM game ORDER BY id',
      'SELECT game, version, position FROM entry INDEXED BY sqlite_autoindex_entry_1 ORDER BY game, version',
    ]
    return JSON.stringify(queries.map((sql) => database.prepare(sql).all()))
  } catch {
    return null
  }
}

function inspect(file: string): readonly Damage[] {
  using database = new DatabaseSync(file, { readOnly: true })
  return [...new Inspector(database).all()].flatMap((finding) => ('damage' in finding ? [finding.damage] : []))
}

test('[J18] an inspection finds every effect of a flipped bit, and nothing in an undamaged file', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const [sound, file] = [join(folder.path, 'sound'), join(folder.path, 'harmed')]
  write(sound)
  assert.deepEqual(inspect(sound), [])
  const truth = dump(sound)
  const random = seededRandom(18)
  let changed = 0
  for (let round = 0; round < 160; round++) {
    await copyFile(sound, file)
    const part = parts[round % parts.length] ?? 'entries'
    harm(file, part, random, round % 8 < 4 ? 'row' : 'page')
    if (dump(file) === truth) continue
    changed++
    assert.ok(inspect(file).length > 0, `round ${round}, ${part}`)
  }
  assert.ok(changed > 80, `${changed} changed`)
})

test('[J18] an inspection reports game, version and position', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  write(file)
  {
    using database = new DatabaseSync(file)
    database.exec(
      `UPDATE entry SET body = 'forged' WHERE position = ${games + 3}; DELETE FROM entry WHERE position = 5`,
    )
    database.exec(`DELETE FROM entry WHERE position = ${games * (entries - 1) + 7}`)
    assert.equal(numberOf(database, 'SELECT count(*) FROM entry'), games * entries - 2)
  }
  const damages = inspect(file).map(({ what, ...place }) => ({ ...place, what }))
  const missing = games * (entries - 1) + 7
  assert.deepEqual(damages, [
    { game: ids[2], version: 2, what: 'it does not match its chain, or one before it' },
    { game: ids[4], version: 1, what: 'it does not match its chain, or one before it' },
    { game: ids[6], version: 12, what: 'entries 12 to 12 are missing' },
    { position: 5, what: 'entries 5 to 5 of the journal are missing' },
    { position: missing, what: `entries ${missing} to ${missing} of the journal are missing` },
  ])
})

/** Removes the last row from one page of the index of ids. Returns the id of that game. */
function forgetId(file: string): string {
  const page = leavesOf(file, 'index of games')[0]
  assert.ok(page !== undefined)
  const bytes = readFileSync(file)
  const at = (page - 1) * 4096
  const cells = bytes.readUInt16BE(at + 3)
  const cell = bytes.toString('latin1', at + bytes.readUInt16BE(at + 8 + 2 * (cells - 1)), at + 4096)
  bytes.writeUInt16BE(cells - 1, at + 3)
  writeFileSync(file, bytes)
  const id = /game-\d+/.exec(cell)?.[0] ?? ''
  // The number of the game follows its id in the row, and its first byte may look like a digit.
  return ids.toSorted((a, b) => b.length - a.length).find((each) => id.startsWith(each)) ?? ''
}

test('[J18] after a crash everything is inspected: an id that its index has lost is reported, and its game cannot begin again', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const [live, image] = [join(folder.path, 'journal'), join(folder.path, 'image')]
  write(live)
  const journal = await openSqliteJournal({ file: live })
  await journal.append(ids[0] ?? '', entries, 'one more')
  await mkdir(image)
  execFileSync('cp', [live, `${live}-wal`, image])
  await journal.close()
  const file = join(image, 'journal')
  const lost = forgetId(file)
  assert.ok(ids.includes(lost), lost)
  const reported = Promise.withResolvers<string>()
  const crashed = await openSqliteJournal({ file, onDamage: reported.resolve })
  assert.match(await reported.promise, new RegExp(`game ${lost}: .* its id is not in the index`))
  assert.match(crashed.damage ?? '', new RegExp(lost))
  await assert.rejects(crashed.read(lost), { fault: 'corrupt', message: new RegExp(lost) })
  await assert.rejects(crashed.append(lost, 0, 'a second first entry'), { fault: 'corrupt', message: new RegExp(lost) })
  assert.equal(await crashed.append(ids[1] ?? '', entries, 'one more'), 'stored')
  assert.equal(await crashed.append('new', 0, 'one'), 'stored')
  await crashed.close()
})

test('[J18] opening a file detects missing entries at its end by the number in its mark', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  write(file)
  {
    using database = new DatabaseSync(file)
    database.exec(`DELETE FROM entry WHERE position > ${games * entries - 5}`)
  }
  await assert.rejects(openSqliteJournal({ file }), { fault: 'corrupt', message: /has lost its entries 1436 to 1440/ })
})

test('[J18] rows of games have the right counts after a clean close, a crash and a full batch', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const counted = (): unknown => {
    using database = new DatabaseSync(file)
    return database
      .prepare('SELECT version, counted FROM game, mark')
      .all()
      .map(({ version, counted: end }) => [version, end])
  }
  const append = (writer: SqliteWriter, from: number, count: number): unknown =>
    writer.commit({
      games: Array.from({ length: count }, () => 'a'),
      afters: Array.from({ length: count }, (_, index) => from + index),
      bodies: Array.from({ length: count }, () => 'x'),
      followed: false,
    })
  {
    using database = openDatabase(file, 'process')
    append(new SqliteWriter(database), 0, 10)
  }
  assert.deepEqual(counted(), [[0, 0]])
  {
    using database = openDatabase(file, 'process')
    const writer = new SqliteWriter(database)
    assert.deepEqual(counted(), [[10, 10]])
    append(writer, 10, uncountedMax - 1)
    assert.deepEqual(counted(), [[10, 10]])
    append(writer, uncountedMax + 9, 1)
    assert.deepEqual(counted(), [[uncountedMax + 10, uncountedMax + 10]])
  }
  const journal = await openSqliteJournal({ file })
  await journal.append('a', uncountedMax + 10, 'x')
  await journal.close()
  assert.deepEqual(counted(), [[uncountedMax + 11, uncountedMax + 11]])
})
