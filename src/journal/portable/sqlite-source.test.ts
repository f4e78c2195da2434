import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openSqliteJournal } from '../sqlite/index.ts'
import { ExportWriter, openSqliteSource, Tally } from './index.ts'
import { addEntries, exportText, readText } from './testing/portable.ts'

const prefix = join(tmpdir(), 'oxo-export-')

async function exportFile(file: string): Promise<string> {
  const source = openSqliteSource(file)
  const written: string[] = []
  try {
    await new ExportWriter({ write: async (text) => void written.push(text) }, new Tally()).write(source, null)
    return written.join('')
  } finally {
    await source.close()
  }
}

test('[X4] a file is exported beside its writer, as it stood when the source was opened', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const journal = await openSqliteJournal({ file })
  await addEntries(journal, 0, { entries: 300, games: 7 })
  const source = openSqliteSource(file)
  const before = await exportText(journal).then(readText)
  await addEntries(journal, 300, { entries: 300, games: 7 })
  const written: string[] = []
  await new ExportWriter({ write: async (text) => void written.push(text) }, new Tally()).write(source, null)
  await source.close()
  assert.deepEqual(await readText(written.join('')), before)
  assert.equal((await readText(await exportFile(file))).length, 600)
  await journal.close()
})

test('[X4] a forged entry ends the export of a file, naming game and version; a lost one ends it too', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const journal = await openSqliteJournal({ file })
  await addEntries(journal, 0, { entries: 300, games: 7 })
  await journal.close()
  const harm = (sql: string): void => {
    using database = new DatabaseSync(file)
    database.exec(sql)
  }
  harm("UPDATE entry SET body = 'forged' WHERE position = 100")
  const forged = { fault: 'corrupt', message: /entry 15 of game game-1 does not match its chain/ }
  await assert.rejects(exportFile(file), forged)
  harm('DELETE FROM entry WHERE position = 100')
  await assert.rejects(exportFile(file), { fault: 'corrupt', message: /entry 100 is missing/ })
})

test('[X4] a version that a file has twice ends its export: one of the two was acknowledged and would be left out', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const journal = await openSqliteJournal({ file })
  await addEntries(journal, 0, { entries: 30, games: 3 })
  await journal.close()
  {
    using database = new DatabaseSync(file)
    // As an index that had lost an entry let it be stored once more.
    database.exec(`CREATE TABLE copy AS SELECT * FROM entry;
      DROP VIEW journal; DROP TABLE entry; ALTER TABLE copy RENAME TO entry;
      INSERT INTO entry SELECT 31, game, version, 'a fork', chain FROM entry WHERE position = 20`)
  }
  await assert.rejects(exportFile(file), { fault: 'corrupt', message: /entry 7 of game game-1 is there twice/ })
})

test('[X4] a file that is not there is not made', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  assert.throws(() => openSqliteSource(file), { fault: 'unavailable', message: /there is no journal/ })
  assert.equal(existsSync(file), false)
})
