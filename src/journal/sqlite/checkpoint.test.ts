/** A process that is killed during a checkpoint leaves a file in which only some pages are new. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempDisposableSync, openSync, readFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteSource } from '../portable/index.ts'
import { openSqliteJournal } from './index.ts'

const logHeaderBytes = 32
const frameHeaderBytes = 24
const entries = 150

/** The newest version of each page that the log's commits contain, in the order in which SQLite writes them: by number. */
function readPages(log: Buffer): readonly (readonly [page: number, bytes: Buffer])[] {
  const pageBytes = log.readUInt32BE(8)
  const salts = log.subarray(16, 24)
  const pages = new Map<number, Buffer>()
  for (let at = logHeaderBytes; at < log.length; at += frameHeaderBytes + pageBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salts)) break
    const start = at + frameHeaderBytes
    pages.set(log.readUInt32BE(at), log.subarray(start, start + pageBytes))
  }
  return [...pages].toSorted(([one], [other]) => one - other)
}

test('[J4] [J16] a journal whose process was killed at any moment of a checkpoint opens with all entries', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-journal-'))
  const file = join(folder.path, 'journal')
  const journal = await openSqliteJournal({ file, durability: 'process' })
  t.after(() => journal.close())
  for (let after = 0; after < entries; after++) await journal.append('a', after, 'x'.repeat(10_000))
  // Another process copies them: closing a file here would release SQLite's locks.
  const copy = join(folder.path, 'copy')
  const restore = (): void => {
    execFileSync('cp', [file, copy])
    execFileSync('cp', [`${file}-wal`, `${copy}-wal`])
    execFileSync('rm', ['-f', `${copy}-shm`])
  }
  restore()
  const pages = readPages(readFileSync(`${copy}-wal`))
  assert.ok(pages.length > 300, `${pages.length} pages in the log`)
  for (const written of [0, 1, 2, 3, 10, pages.length / 2, pages.length - 1, pages.length].map(Math.floor)) {
    restore()
    const descriptor = openSync(copy, 'r+')
    for (const [page, bytes] of pages.slice(0, written))
      writeSync(descriptor, bytes, 0, bytes.length, (page - 1) * bytes.length)
    closeSync(descriptor)
    await openSqliteSource(copy).close()
    const opened = await openSqliteJournal({ file: copy, durability: 'process' })
    assert.equal((await opened.read('a')).length, entries, `${written} pages were moved`)
    await opened.close()
  }
})
