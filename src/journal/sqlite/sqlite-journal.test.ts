import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ThreadEnded } from '../../base/node/index.ts'
import { journalContract, type JournalStore } from '../index.ts'
import { batchAppends, batchesInFlightMax, pageEntriesMax, pendingAppendsMax } from '../limits.ts'
import { openDatabase } from './database.ts'
import { readWhole } from '../contract/claim.ts'
import { openSqliteJournal } from './index.ts'
import type { AppendBatch, Committed, Refused } from './messages.ts'
import { nextTurn } from './next-turn.ts'
import { SqliteReader } from './reader.ts'
import { SqliteJournal, type WriterThread } from './sqlite-journal.ts'

const prefix = join(tmpdir(), 'oxo-journal-')

/** Journals in a folder. `crash` copies the folder as it is, which is what a killed process would leave. */
class FileStore implements JournalStore {
  readonly #folder: string
  readonly #opened: SqliteJournal[] = []
  #crashes = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  async open(): Promise<SqliteJournal> {
    const journal = await openSqliteJournal({ file: join(this.#current(), 'journal') })
    this.#opened.push(journal)
    return journal
  }

  async openOther(): Promise<SqliteJournal> {
    const journal = await openSqliteJournal({ file: join(this.#folder, 'other', 'journal') })
    this.#opened.push(journal)
    return journal
  }

  async crash(): Promise<void> {
    const from = this.#current()
    this.#crashes++
    // Another process copies the files: closing a file here would release all locks of this process on it.
    execFileSync('cp', ['-r', from, this.#current()])
  }

  async close(): Promise<void> {
    for (const journal of this.#opened) await journal.close()
  }

  #current(): string {
    return join(this.#folder, String(this.#crashes))
  }
}

for (const check of journalContract) {
  test(`sqlite: ${check.title}`, async () => {
    await using folder = await mkdtempDisposable(prefix)
    const store = new FileStore(folder.path)
    try {
      await check.run(store)
    } finally {
      await store.close()
    }
  })
}

test('[J4] a journal without syncs reports the durability `process`', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const journal = await openSqliteJournal({ file: join(folder.path, 'journal'), durability: 'process' })
  assert.equal(journal.durability, 'process')
  assert.equal(await journal.append('a', 0, 'one'), 'stored')
  await journal.close()
})

test('[J1] [J8] a game of many pages is read page by page, until the journal is closed', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const journal = await openSqliteJournal({ file: join(folder.path, 'journal') })
  await Promise.all(Array.from({ length: 1000 }, (_, version) => journal.append('main', version, String(version))))
  assert.equal((await readWhole(journal, 'main')).length, 1000)
  assert.deepEqual((await journal.read('main', 600)).map(({ version }) => version)[0], 601)
  const reading = readWhole(journal, 'main')
  await Promise.all([journal.close(), assert.rejects(reading, { fault: 'unavailable' })])
})

test('[S36] eight readers of a long game together get 64 entries in each turn of the event loop', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const journal = await openSqliteJournal({ file: join(folder.path, 'journal') })
  await Promise.all(Array.from({ length: 300 }, (_, version) => journal.append('main', version, String(version))))
  let turns = 0
  let isReading = true
  const count = (): void => {
    turns++
    if (isReading) setImmediate(count)
  }
  setImmediate(count)
  const pages = await Promise.all(Array.from({ length: 8 }, () => journal.read('main', 0)))
  isReading = false
  await journal.close()
  assert.deepEqual(new Set(pages.map(({ length }) => length)), new Set([pageEntriesMax]))
  assert.ok(turns >= (8 * pageEntriesMax) / 64 - 8, `${turns} turns`)
})

/** A writer's thread that sends the answers that the test gives. */
class FakeThread implements WriterThread {
  readonly batches: AppendBatch[] = []
  readonly #commits: PromiseWithResolvers<never>[] = []
  readonly #ended = Promise.withResolvers<ThreadEnded>()
  readonly ended = this.#ended.promise

  call(method: string, batch: unknown): Promise<never> {
    assert.equal(method, 'commit')
    this.batches.push(batch as AppendBatch)
    const commit = Promise.withResolvers<never>()
    this.#commits.push(commit)
    return commit.promise
  }

  answer(answer: Committed | Refused): void {
    this.#commits.shift()?.resolve(answer as never)
  }

  fail(cause: Error): void {
    this.#commits.shift()?.reject(cause)
  }

  end(cause?: Error): void {
    this.#ended.resolve(new ThreadEnded('the thread ended', { cause }))
  }

  async close(): Promise<void> {}
}

async function openFake(folder: string): Promise<{ thread: FakeThread; journal: SqliteJournal }> {
  const file = join(folder, 'journal')
  openDatabase(file, 'disk').close()
  const thread = new FakeThread()
  return { thread, journal: new SqliteJournal({ file, durability: 'disk', thread, reader: new SqliteReader(file) }) }
}

test('[J4] appends are collected while the writer has a batch, and then sent together', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const { thread, journal } = await openFake(folder.path)
  const first = [journal.append('a', 0, 'a1'), journal.append('b', 0, 'b1')]
  await nextTurn()
  const second = [journal.append('c', 0, 'c1'), journal.append('a', 7, 'a8'), journal.append('d', 0, 'd1')]
  await nextTurn()
  const games = (): unknown => thread.batches.map((batch) => batch.games)
  assert.deepEqual(games(), [['a', 'b']])
  thread.answer({ type: 'committed', conflicts: [], damages: [], chains: '' })
  assert.deepEqual(await Promise.all(first), ['stored', 'stored'])
  await nextTurn()
  assert.deepEqual(games(), [
    ['a', 'b'],
    ['c', 'a', 'd'],
  ])
  thread.answer({ type: 'committed', conflicts: [1], damages: [], chains: '' })
  assert.deepEqual(await Promise.all(second), ['stored', 'conflict', 'stored'])
  await journal.close()
})

test('[S36] if many clients read a long game at once, each turn of the event loop completes at most one page', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const journal = await openSqliteJournal({ file: join(folder.path, 'journal') })
  const bodies = Array.from({ length: 3 * pageEntriesMax }, (_, index) => `entry ${index + 1}`)
  await Promise.all(bodies.map((body, version) => journal.append('a', version, body)))
  let turn = 0
  const pagesInTurn: number[] = []
  const readers = Array.from({ length: 8 }, async () => {
    for (let after = 0; after < bodies.length; after += pageEntriesMax) {
      assert.equal((await journal.read('a', after)).length, pageEntriesMax)
      pagesInTurn[turn] = (pagesInTurn[turn] ?? 0) + 1
    }
  })
  const all = Promise.all(readers).then(() => true)
  for (let isRead = false; !isRead; turn++) isRead = await Promise.race([all, nextTurn().then(() => false)])
  await journal.close()
  assert.equal(Math.max(...pagesInTurn.filter(Boolean)), 1)
})

test('[S36] if many clients read shorter games, a turn of the event loop reads little more than a page', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const journal = await openSqliteJournal({ file: join(folder.path, 'journal') })
  const length = pageEntriesMax - 1
  await Promise.all(Array.from({ length }, (_, version) => journal.append('a', version, `entry ${version + 1}`)))
  await nextTurn()
  let turn = 0
  const readInTurn: number[] = []
  const readers = Array.from({ length: 8 }, async () => {
    for (let round = 0; round < 5; round++) {
      assert.equal((await journal.read('a')).length, length)
      readInTurn[turn] = (readInTurn[turn] ?? 0) + 1
    }
  })
  const all = Promise.all(readers).then(() => true)
  for (let isRead = false; !isRead; turn++) isRead = await Promise.race([all, nextTurn().then(() => false)])
  await journal.close()
  assert.ok(Math.max(...readInTurn.filter(Boolean)) <= 2, `${readInTurn.join(' ')} games in a turn`)
})

test('[J9] a full disk refuses the batch; the next batch is tried', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const { thread, journal } = await openFake(folder.path)
  const refused = journal.append('a', 0, 'one')
  await nextTurn()
  thread.answer({ type: 'refused', fault: 'storage-full', message: 'no space', cause: undefined })
  await assert.rejects(refused, { name: 'JournalFault', fault: 'storage-full' })
  const stored = journal.append('a', 0, 'one')
  await nextTurn()
  thread.answer({ type: 'committed', conflicts: [], damages: [], chains: '' })
  assert.equal(await stored, 'stored')
  await journal.close()
})

const failures = {
  'a commit whose outcome is not known': (thread) => thread.fail(new Error('disk I/O error')),
  'an uncaught error in its thread': (thread) => thread.end(new Error('out of memory')),
  'the end of its thread': (thread) => thread.end(),
} satisfies Record<string, (thread: FakeThread) => void>

for (const [failure, fail] of Object.entries(failures)) {
  test(`[J9] after ${failure} the journal accepts no more entries and rejects with what is known`, async () => {
    await using folder = await mkdtempDisposable(prefix)
    const { thread, journal } = await openFake(folder.path)
    const sent = journal.append('a', 0, 'one')
    await nextTurn()
    const gathered = journal.append('b', 0, 'one')
    fail(thread)
    await assert.rejects(sent, { fault: 'outcome-unknown' })
    await assert.rejects(gathered, { fault: 'unavailable' })
    await assert.rejects(journal.append('c', 0, 'one'), { fault: 'unavailable' })
    assert.match((await journal.failed).message, new RegExp(`${folder.path}.*stop and start again`))
    assert.equal(thread.batches.length, 1)
    await journal.close()
  })
}

test('[J9] a failure during close rejects the waiting appends, and close resolves', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const { thread, journal } = await openFake(folder.path)
  const sent = journal.append('a', 0, 'one')
  await nextTurn()
  const closing = journal.close()
  thread.fail(new Error('disk I/O error'))
  await assert.rejects(sent, { fault: 'outcome-unknown' })
  await closing
})

test('[J9] appends beyond the limit of waiting appends are refused', async () => {
  await using folder = await mkdtempDisposable(prefix)
  const { thread, journal } = await openFake(folder.path)
  const length = batchesInFlightMax * batchAppends + pendingAppendsMax
  const waiting = Array.from({ length }, () => journal.append('a', 0, ''))
  await assert.rejects(journal.append('a', 0, ''), { fault: 'unavailable' })
  for (let batch = 0; batch < batchesInFlightMax; batch++)
    thread.answer({ type: 'committed', conflicts: [], damages: [], chains: '' })
  await nextTurn()
  thread.answer({ type: 'committed', conflicts: [], damages: [], chains: '' })
  assert.equal((await Promise.all(waiting)).length, length)
  await journal.close()
})
