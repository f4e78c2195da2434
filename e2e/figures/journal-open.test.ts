/** How long a journal of a million entries takes to open: the time must not grow with the number of entries. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openSqliteJournal } from '../../src/journal/sqlite/index.ts'

const openMsMax = 1_000
const entries = 1_000_000
const rounds = 3

/** Inserts invalid entries before the ones that opening verifies: a check of any of them would fail. */
async function fill(file: string): Promise<void> {
  const journal = await openSqliteJournal({ file, durability: 'process' })
  for (let version = 0; version < 100; version++) await journal.append('a', version, `entry ${version + 1}`)
  await journal.close()
  using database = new DatabaseSync(file)
  database.exec(`
    BEGIN;
    UPDATE entry SET position = position + ${entries};
    WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${entries / 10})
      INSERT INTO game SELECT i + 2, printf('game-%017d', i), 10 FROM n;
    WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${entries})
      INSERT INTO entry SELECT i + 1, i / 10 + 2, i % 10 + 1, printf('%0100d', i), zeroblob(16) FROM n;
    COMMIT;
  `)
}

/** The least time that an opening with a check of every entry would take, in ms, estimated from a tenth of them. */
function estimateFullCheck(file: string): number {
  const began = performance.now()
  using database = new DatabaseSync(file, { readOnly: true })
  for (const { body } of database.prepare(`SELECT version, body, chain FROM entry LIMIT ${entries / 10}`).iterate())
    createHash('sha256').update(String(body)).digest()
  return 10 * (performance.now() - began)
}

test('[J7] a journal of a million entries opens in under a second, and in a fraction of the time of a full check', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-million-'))
  const file = join(folder.path, 'journal')
  await fill(file)
  const took: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    const journal = await openSqliteJournal({ file })
    took.push(performance.now() - began)
    assert.equal(await journal.append('a', 100 + round, 'continued'), 'stored')
    assert.equal((await journal.read('a')).length, 101 + round)
    await journal.close()
  }
  const [best, all] = [Math.min(...took), estimateFullCheck(file)]
  t.diagnostic(`the best of ${rounds} openings: ${best.toFixed(0)} ms; a full check: ${all.toFixed(0)} ms`)
  assert.ok(best <= openMsMax && best < all / 4, `${best.toFixed(0)} ms; a full check: ${all.toFixed(0)} ms`)
})
