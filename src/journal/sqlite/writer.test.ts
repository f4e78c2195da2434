import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { verifyEntries } from '../chain.ts'
import { openDatabase } from './database.ts'
import { LruCache } from '../lru-cache.ts'
import type { AppendBatch } from './messages.ts'
import { SqliteReader } from './reader.ts'
import { numberOf } from '../../base/node/index.ts'
import { SqliteWriter, type WriterHead } from './writer.ts'

const prefix = join(tmpdir(), 'oxo-journal-')

/** A batch of one entry for each of `games`, after version `after`. */
function batch(games: readonly string[], after: number, body = 'x'): AppendBatch {
  return { games, afters: games.map(() => after), bodies: games.map(() => body), followed: true }
}

test('[J9] on a full disk nothing of a batch is stored; appends succeed again once there is space', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  using database = openDatabase(file, 'disk')
  const writer = new SqliteWriter(database)
  writer.commit(batch(['a', 'b'], 0))
  const large = batch(['a', 'b', 'c'], 1, 'x'.repeat(50_000))

  database.exec(`PRAGMA max_page_count = ${numberOf(database, 'PRAGMA page_count') + 20}`)
  const refused = writer.commit({ ...large, afters: [1, 1, 0] })
  assert.equal(refused.type === 'refused' && refused.fault, 'storage-full')
  assert.equal(numberOf(database, 'SELECT count(*) FROM entry'), 2)
  assert.equal(numberOf(database, 'SELECT count(*) FROM game'), 2)
  assert.equal(writer.commit(batch(['a'], 1)).type, 'committed')

  database.exec('PRAGMA max_page_count = 1000000')
  assert.deepEqual(writer.commit({ ...large, afters: [2, 1, 0] }).type, 'committed')
  using reader = new SqliteReader(file)
  for (const [game, length] of [
    ['a', 3],
    ['b', 2],
    ['c', 1],
  ] as const) {
    const entries = await reader.game(game, 0)
    assert.equal(entries.length, length)
    assert.equal(verifyEntries(entries), null)
  }
})

test('[J9] while another program writes to the file, a batch is refused and nothing of it is stored', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  using database = openDatabase(file, 'disk')
  const writer = new SqliteWriter(database)
  database.exec('PRAGMA busy_timeout = 0')
  {
    using other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const refused = writer.commit(batch(['a'], 0))
    assert.equal(refused.type === 'refused' && refused.fault, 'unavailable')
  }
  assert.equal(writer.commit(batch(['a'], 0)).type, 'committed')
})

test('[J9] any other failure is thrown: its outcome is not known', async () => {
  await using folder = await mkdtempDisposable(prefix)
  using database = openDatabase(join(folder.path, 'journal'), 'disk')
  const writer = new SqliteWriter(database)
  database.exec(`CREATE TEMP TRIGGER broken BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'broken'); END`)
  assert.throws(() => writer.commit(batch(['a'], 0)), /broken/)
})

test('[J2] versions are checked for games whose heads are no longer cached', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  using database = openDatabase(file, 'disk')
  const writer = new SqliteWriter(database, new LruCache<string, WriterHead>(4))
  const games = Array.from({ length: 20 }, (_, index) => `g-${index}`)
  for (let version = 0; version < 3; version++) {
    writer.commit(batch(games, version))
    const repeated = writer.commit(batch(games, version))
    assert.equal(repeated.type === 'committed' && repeated.conflicts.length, games.length)
  }
  using reader = new SqliteReader(file)
  for (const game of games) assert.equal(verifyEntries(await reader.game(game, 0)), null)
})

test('the cache of heads keeps the heads used last and stays within its bound', () => {
  const heads = new LruCache<string, WriterHead>(4)
  const head = { number: 1, version: 1, chain: '' }
  const known = (): string[] => ['a', 'b', 'c', 'd', 'e', 'f'].filter((game) => heads.get(game) !== undefined)
  for (const game of ['a', 'b', 'c', 'd', 'e']) heads.set(game, head)
  assert.ok(!known().includes('a'))
  assert.ok(known().length <= 4)
  assert.ok(known().includes('e'))
})
