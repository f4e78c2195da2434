/** The catalog store in a SQLite file, used by a thread of its own: the event loop never waits for the disk. */
import { once } from 'node:events'
import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { assert, BoundedQueue, type Log } from '../../base/index.ts'
import type { GameId } from '../../journal/index.ts'
import { Fault, type GameSummary, type Status } from '../../protocol/index.ts'
import { compareLatest, makeCatalogPage, parseCursor } from '../history/catalog-cursor.ts'
import type { CatalogStore, CatalogMark, Page } from '../history/catalog-store.ts'
import type { CatalogAnswer, Begin, CatalogOpening, CatalogQuestion } from './messages.ts'

export interface SqliteCatalogOptions {
  /** Created with its folder if it does not exist. */
  readonly file: string
  readonly log: Log
  /**
   * The thread starts at once, but does not touch the file before this promise resolves. If it rejects, so does the
   * opening.
   */
  readonly behind?: Promise<unknown>
}

// The compiler rewrites import paths, but not URLs: the worker has the same extension as this file.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './catalog-worker.ts' : './catalog-worker.js',
  import.meta.url,
)

/** How many questions may wait for the thread; with more it cannot keep up. */
const questionsMax = 10_000

/**
 * Opens the store. A file that is damaged or of another format is deleted, and the log says so: the catalog is then
 * empty.
 * @throws Fault 'unavailable' or 'storage-full' if the file cannot be opened or is a database of another program.
 */
export async function openSqliteCatalogStore({
  file,
  log,
  behind: mayOpen,
}: SqliteCatalogOptions): Promise<CatalogStore> {
  const path = resolve(file)
  const thread = new Worker(workerUrl, {
    name: 'catalog',
    workerData: path,
    // Rows are short-lived objects; by default V8 would let 48 MB of them accumulate.
    resourceLimits: { maxYoungGenerationSizeMb: 12 },
  })
  // Subscribes at once: the thread may answer and exit before this function waits for either.
  const { promise: gone, resolve: exited } = Promise.withResolvers<number>()
  thread.once('exit', exited)
  const opened = once(thread, 'message')
  try {
    if (mayOpen !== undefined) await mayOpen
  } catch (cause) {
    opened.catch(() => {})
    await thread.terminate()
    throw cause
  }
  thread.postMessage({ type: 'begin' } satisfies Begin)
  const opening: CatalogOpening = (await opened)[0]
  if (opening.type === 'failed') {
    await gone
    throw new Fault(opening.fault, opening.message, { cause: opening.cause })
  }
  if (opening.lost !== undefined) log.warn({ file: path, reason: opening.lost }, 'catalog is rebuilt')
  return new SqliteCatalogStore(thread)
}

class SqliteCatalogStore implements CatalogStore {
  readonly #thread: Worker
  readonly #waiting = new BoundedQueue<PromiseWithResolvers<CatalogAnswer>>(questionsMax)
  #closing: Promise<void> | null = null
  #isGone = false
  #isLost = false

  constructor(thread: Worker) {
    this.#thread = thread
    thread.on('message', (answer: CatalogAnswer) => this.#waiting.shift()?.resolve(answer))
    thread.on('error', (cause) => this.#fail(cause))
    thread.on('exit', () => this.#fail(undefined))
  }

  get isLost(): boolean {
    return this.#isLost
  }

  async mark(): Promise<CatalogMark | null> {
    const answer = await this.#ask({ type: 'mark' })
    assert(answer.type === 'mark', 'a question gets its answer')
    return answer.mark === null ? null : JSON.parse(answer.mark)
  }

  async put(rows: readonly GameSummary[], mark: CatalogMark): Promise<void> {
    await this.#ask({ type: 'put', rows: rows.map((row) => JSON.stringify(row)), mark: JSON.stringify(mark) })
  }

  async clear(): Promise<void> {
    await this.#ask({ type: 'clear' })
  }

  async clocked(after: GameId, limitRows: number): Promise<readonly GameSummary[]> {
    const answer = await this.#ask({ type: 'clocked', after, limit: limitRows })
    assert(answer.type === 'games', 'a question gets its answer')
    return answer.summaries.map((summary): GameSummary => JSON.parse(summary))
  }

  async gamesOf(
    account: string,
    status: Status | undefined,
    cursor: string | undefined,
    limitRows: number,
  ): Promise<Page> {
    const { at, game } = parseCursor(cursor)
    // Asks for one more row than fits, to know whether there is a next page.
    const place = { account, at: Math.min(at, Number.MAX_SAFE_INTEGER), game, limit: limitRows + 1 }
    const answer = await this.#ask({ type: 'games', ...place, ...(status !== undefined && { status }) })
    assert(answer.type === 'games', 'a question gets its answer')
    const games = answer.summaries.map((summary): GameSummary => JSON.parse(summary))
    return makeCatalogPage(games.toSorted(compareLatest), limitRows)
  }

  /** Answers the questions asked before; later questions are refused with 'unavailable'. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#isGone) return
    const gone = once(this.#thread, 'exit')
    this.#thread.postMessage({ type: 'close' } satisfies CatalogQuestion)
    await gone
  }

  async #ask(question: CatalogQuestion): Promise<Exclude<CatalogAnswer, { type: 'failed' }>> {
    if (this.#isGone || this.#closing !== null) throw new Fault('unavailable', 'the catalog is closed')
    const waiting = Promise.withResolvers<CatalogAnswer>()
    if (!this.#waiting.push(waiting)) throw new Fault('unavailable', 'the catalog cannot keep up: try again later')
    this.#thread.postMessage(question)
    const answer = await waiting.promise
    if (answer.type !== 'failed') return answer
    this.#isLost ||= answer.isLost
    throw new Fault(answer.fault, answer.message, { cause: answer.cause })
  }

  #fail(cause: unknown): void {
    this.#isGone = this.#isLost = true
    const message = "the catalog's thread has ended: restart the server"
    for (let waiting = this.#waiting.shift(); waiting !== undefined; waiting = this.#waiting.shift())
      waiting.resolve({ type: 'failed', fault: 'unavailable', message, cause, isLost: true })
  }
}
