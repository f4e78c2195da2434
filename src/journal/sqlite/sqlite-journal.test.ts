import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { journalContract, type JournalStore } from '../index.ts'
import type { SqliteJournal } from './index.ts'
import { openSqliteJournal } from './index.ts'

/** Files in a folder of their own. A crash copies them as they are: what a killed process would have left. */
class FileStore implements JournalStore, AsyncDisposable {
  readonly #folder: string
  readonly #opened: SqliteJournal[] = []
  #crashes = 0

  static async create(): Promise<FileStore> {
    return new FileStore(await mkdtemp(join(tmpdir(), 'oxo-journal-')))
  }

  private constructor(folder: string) {
    this.#folder = folder
  }

  async open(): Promise<SqliteJournal> {
    const journal = await openSqliteJournal({ file: join(this.#current, 'journal') })
    this.#opened.push(journal)
    return journal
  }

  async crash(): Promise<void> {
    const from = this.#current
    this.#crashes++
    // By another process: closing a file here would drop the locks that SQLite holds on it for all of this process.
    execFileSync('cp', ['-r', from, this.#current])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const journal of this.#opened) await journal.close()
    await rm(this.#folder, { recursive: true })
  }

  get #current(): string {
    return join(this.#folder, String(this.#crashes))
  }
}

for (const check of journalContract) {
  test(`sqlite: ${check.title}`, async () => {
    await using store = await FileStore.create()
    await check.run(store)
  })
}
