import assert from 'node:assert/strict'
import { constants, copyFile, mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type Entry, verifyEntries } from '../index.ts'
import { openInspection } from '../portable/index.ts'
import { openSqliteJournal } from './index.ts'

const [v1, v2] = ['v1', 'v2'].map((name) => new URL(`../../../spec/journal/${name}/`, import.meta.url))
assert.ok(v1 !== undefined && v2 !== undefined)

for (const fixture of [v1, v2])
  test(`[J7] the journal in ${fixture.pathname.slice(-19)} opens, reads as listed and accepts appends`, async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'oxo-journal-'))
    const file = join(folder.path, 'journal')
    await copyFile(new URL('journal.sqlite', fixture), file)
    const listed = JSON.parse(await readFile(new URL('entries.json', fixture), 'utf8')) as Entry[]
    const journal = await openSqliteJournal({ file })
    const followed: Entry[] = []
    const subscription = journal.follow('', (entries) => followed.push(...entries))
    await subscription.caughtUp
    subscription.close()
    assert.deepEqual(followed, listed)
    for (const [game, entries] of Object.entries(Object.groupBy(listed, ({ game }) => game))) {
      assert.deepEqual(await journal.read(game), entries)
      assert.equal(await journal.append(game, entries?.length ?? 0, 'one more'), 'stored')
      assert.equal(verifyEntries(await journal.read(game)), null)
    }
    await journal.close()
    using database = new DatabaseSync(file, { readOnly: true })
    const shown = database.prepare('SELECT * FROM journal ORDER BY position').all()
    assert.deepEqual(
      shown.slice(0, listed.length).map((row) => ({ ...row, position: String(row['position']) })),
      listed,
    )
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

test('[J7] [J15] the journal of format 2 has the id that it was made with', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'oxo-journal-'))
  const file = join(folder.path, 'journal')
  await copyFile(new URL('journal.sqlite', v2), file)
  const journal = await openSqliteJournal({ file })
  assert.ok((await readFile(new URL('README.md', v2), 'utf8')).includes(`\`${journal.id}\``), journal.id)
  await journal.close()
})

test('[J18] every format is inspected before and after its upgrade', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'oxo-journal-'))
  for (const [name, fixture] of [
    ['v1', v1],
    ['v2', v2],
  ] as const) {
    const file = join(folder.path, name)
    await copyFile(new URL('journal.sqlite', fixture), file)
    for (let opened = 0; opened < 2; opened++) {
      using inspection = openInspection(file)
      const findings = [...inspection.findings()]
      assert.ok(findings.every((finding) => !('damage' in finding)))
      assert.equal(
        findings.reduce((sum, finding) => sum + ('entries' in finding ? finding.entries : 0), 0),
        31,
      )
      await (await openSqliteJournal({ file })).close()
    }
  }
})
