import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openSqliteJournal } from '../sqlite/index.ts'
import { ExportWriter, openSqliteSource, ExportTally } from './index.ts'
import { addEntries, exportText, readPortableText } from './testing/portable.ts'

const prefix = join(tmpdir(), 'oxo-export-')

async function exportFile(file: string): Promise<string> {
  const source = openSqliteSource(file)
  const written: string[] = []
  try {
    await new ExportWriter({ write: async (text) => void written.push(text) }, new ExportTally()).write(source, null)
    return written.join('')
  } finally {
    await source.close()
  }
}

test('[X4] a file is exported while a writer uses it, with the entries from before the source was opened', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const journal = await openSqliteJournal({ file })
  await addEntries(journal, 0, { entries: 300, games: 7 })
  const source = openSqliteSource(file)
  const before = await exportText(journal).then(readPortableText)
  await addEntries(journal, 300, { entries: 300, games: 7 })
  const written: string[] = []
  await new ExportWriter({ write: async (text) => void written.push(text) }, new ExportTally()).write(source, null)
  await source.close()
  assert.deepEqual(await readPortableText(written.join('')), before)
  assert.equal((await readPortableText(await exportFile(file))).length, 600)
  await journal.close()
})

test('[X4] a forged entry ends the export of a file and reports game and version; a lost entry ends it too', async () => {
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

test('[X4] a duplicate version in a file ends its export, because an acknowledged entry would be left out', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const journal = await openSqliteJournal({ file })
  await addEntries(journal, 0, { entries: 30, games: 3 })
  await journal.close()
  {
    using database = new DatabaseSync(file)
    // A damaged index that has lost an entry could allow it to be stored a second time.
    database.exec(`CREATE TABLE copy AS SELECT * FROM entry;
      DROP VIEW journal; DROP TABLE entry; ALTER TABLE copy RENAME TO entry;
      INSERT INTO entry SELECT 31, game, version, 'a fork', chain FROM entry WHERE position = 20`)
  }
  await assert.rejects(exportFile(file), { fault: 'corrupt', message: /it has entry 7 of game game-1 twice/ })
})

test('[X4] a missing file is not created', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  assert.throws(() => openSqliteSource(file), { fault: 'unavailable', message: /there is no journal/ })
  assert.equal(existsSync(file), false)
})
