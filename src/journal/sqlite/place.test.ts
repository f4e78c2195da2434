import assert from 'node:assert/strict'
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { copyFile, mkdtempDisposable, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock, VirtualClock } from '../../base/index.ts'
import { heldMs } from '../limits.ts'
import { openSqliteSource } from '../portable/index.ts'
import { openSqliteJournal } from './index.ts'
import { HeldFiles, realPath } from './place.ts'

const prefix = join(tmpdir(), 'oxo-journal-')

const otherNames: Readonly<Record<string, (folder: string) => string>> = {
  'a symbolic link to the file': (folder) => {
    symlinkSync('data/journal', join(folder, 'link'))
    return join(folder, 'link')
  },
  'a symbolic link to a link': (folder) => {
    symlinkSync('data/journal', join(folder, 'link'))
    symlinkSync(join(folder, 'link'), join(folder, 'data', 'link'))
    return join(folder, 'data', 'link')
  },
  'a symbolic link to the folder': (folder) => {
    symlinkSync('data', join(folder, 'other'))
    return join(folder, 'other', 'journal')
  },
  'a path through another folder': (folder) => join(folder, 'data', '..', 'data', '.', 'journal'),
}

for (const [what, make] of Object.entries(otherNames)) {
  test(`[J17] ${what} is the same journal: locked while it is open, and with one log`, async () => {
    await using folder = await mkdtempDisposable(prefix)
    const file = join(folder.path, 'data', 'journal')
    const first = await openSqliteJournal({ file })
    const other = make(folder.path)
    await assert.rejects(openSqliteJournal({ file: other }), { fault: 'locked' })
    assert.equal(await first.append('a', 0, 'one'), 'stored')
    const source = openSqliteSource(other)
    assert.equal((await source.page('')).length, 1)
    await source.close()
    await first.close()
    const second = await openSqliteJournal({ file: other })
    assert.equal(second.id, first.id)
    assert.equal(await second.append('a', 1, 'two'), 'stored')
    await second.close()
    const beside = (await readdir(join(folder.path, 'data'))).filter((name) => name.startsWith('journal')).toSorted()
    assert.deepEqual(beside, ['journal', 'journal.lock'])
  })
}

test('[J17] a link to a missing journal creates the journal at its target', async () => {
  await using folder = await mkdtempDisposable(prefix)
  mkdirSync(join(folder.path, 'data'))
  symlinkSync('data/journal', join(folder.path, 'link'))
  const journal = await openSqliteJournal({ file: join(folder.path, 'link') })
  await assert.rejects(openSqliteJournal({ file: join(folder.path, 'data', 'journal') }), { fault: 'locked' })
  await journal.close()
})

test('[J17] a file with two names is refused under both, for writing and reading, and opens again with one', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const [file, other] = [join(folder.path, 'journal'), join(folder.path, 'other')]
  const first = await openSqliteJournal({ file })
  linkSync(file, other)
  const refused = { fault: 'unavailable', message: /has 2 names .*find DIRECTORY -samefile .*start again/ }
  await assert.rejects(openSqliteJournal({ file: other }), refused)
  assert.equal(await first.append('a', 0, 'one'), 'stored')
  await first.close()
  await assert.rejects(openSqliteJournal({ file }), refused)
  assert.throws(() => openSqliteSource(other), refused)
  rmSync(other)
  const again = await openSqliteJournal({ file })
  assert.equal((await again.read('a')).length, 1)
  await again.close()
})

test('[J17] anything but a regular file is refused, and so is a link to itself', async () => {
  await using folder = await mkdtempDisposable(prefix)
  await assert.rejects(openSqliteJournal({ file: folder.path }), {
    fault: 'unavailable',
    message: /is not a regular file/,
  })
  await assert.rejects(openSqliteJournal({ file: '/dev/null' }), { fault: 'unavailable', message: /\/dev\/null/ })
  symlinkSync('loop', join(folder.path, 'loop'))
  await assert.rejects(openSqliteJournal({ file: join(folder.path, 'loop') }), { fault: 'unavailable' })
})

test('[J17] if the lock file is replaced by a copy, a second writer stops the first one', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const first = await openSqliteJournal({ file })
  assert.equal(await first.append('a', 0, 'one'), 'stored')
  // Replaces the lock file by a copy, as restoring a folder does.
  await copyFile(`${file}.lock`, join(folder.path, 'copy'))
  renameSync(join(folder.path, 'copy'), `${file}.lock`)
  const second = await openSqliteJournal({ file })
  assert.equal(await second.append('a', 1, 'two'), 'stored')
  await assert.rejects(first.append('a', 1, 'another two'), { fault: 'outcome-unknown' })
  assert.match((await first.failed).message, /stop and start again/)
  assert.deepEqual(
    (await second.read('a')).map(({ body }) => body),
    ['one', 'two'],
  )
  await first.close()
  await second.close()
})

test('[J17] a file that was removed or replaced is noticed within the stated time', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const file = join(folder.path, 'journal')
  const journal = await openSqliteJournal({ file })
  assert.equal(await journal.append('a', 0, 'one'), 'stored')
  renameSync(file, join(folder.path, 'elsewhere'))
  await new Promise<void>((resolve) => systemClock.after(2 * heldMs, resolve))
  await assert.rejects(journal.append('a', 1, 'two'), { fault: 'outcome-unknown', message: /was removed or replaced/ })
  await journal.close()
})

test('[J17] files are checked at the stated interval', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const clock = new VirtualClock(0)
  const held = new HeldFiles([folder.path], clock)
  held.check()
  rmSync(folder.path, { recursive: true })
  held.check()
  clock.advance(heldMs)
  assert.throws(() => held.check(), /was removed or replaced/)
  mkdirSync(folder.path)
})

test('[J17] the real path of a missing file follows the links that lead to it', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const real = realPath(folder.path)
  symlinkSync('deep/er', join(folder.path, 'link'))
  assert.equal(realPath(join(folder.path, 'link', 'journal')), join(real, 'deep', 'er', 'journal'))
})
