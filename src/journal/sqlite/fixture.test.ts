import assert from 'node:assert/strict'
import { constants, copyFile, mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Entry, verifyEntries } from '../index.ts'
import { openSqliteJournal } from './index.ts'

const v1 = new URL('../../../spec/journal/v1/', import.meta.url)

test('[J7] the journal of format 1 opens, reads as listed and goes on', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'oxo-journal-'))
  const file = join(folder.path, 'journal')
  await copyFile(new URL('journal.sqlite', v1), file)
  const listed = JSON.parse(await readFile(new URL('entries.json', v1), 'utf8')) as Entry[]
  const journal = await openSqliteJournal({ file })
  const heard: Entry[] = []
  const subscription = journal.follow('', (entries) => heard.push(...entries))
  await subscription.caughtUp
  subscription.close()
  assert.deepEqual(heard, listed)
  for (const [game, entries] of Object.entries(Object.groupBy(listed, ({ game }) => game))) {
    assert.deepEqual(await journal.read(game), entries)
    assert.equal(await journal.append(game, entries?.length ?? 0, 'one more'), 'stored')
    assert.equal(verifyEntries(await journal.read(game)), null)
  }
  await journal.close()
})

test('[J7] [J15] a journal of format 1 gets an id when it is opened, and keeps it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'oxo-journal-'))
  const ids: string[] = []
  for (const name of ['one', 'one', 'two']) {
    const file = join(folder.path, name)
    await copyFile(new URL('journal.sqlite', v1), file, constants.COPYFILE_EXCL).catch(() => {})
    const journal = await openSqliteJournal({ file })
    ids.push(journal.id)
    await journal.close()
  }
  assert.match(ids[0] ?? '', /^[A-Za-z0-9_-]{22}$/)
  assert.equal(ids[1], ids[0])
  assert.notEqual(ids[2], ids[0])
})
