/** The catalog store in a SQLite file of its own, behind a thread: the loop never waits for the disk. */
import { once } from 'node:events'
import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { assert, BoundedQueue, type Log } from '../../base/index.ts'
import type { GameId } from '../../journal/index.ts'
import { Fault } from '../../protocol/fault.ts'
import type { GameSummary, Status } from '../../protocol/index.ts'
import { compareLatest, makePage, parseCursor } from '../history/catalog-cursor.ts'
import type { CatalogStore, Mark, Page } from '../history/catalog-store.ts'
import type { Answer, Begin, Opening, Question } from './messages.ts'

export interface SqliteCatalogOptions {
  /** Created with its folder if it does not exist. */
  readonly file: string
  readonly log: Log
  /** The thread starts at once, and touches the file when this has resolved; if it rejects, so does the opening. */
  readonly behind?: Promise<unknown>
}

// The compiler rewrites import paths, not URLs: the worker has the extension of this file.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './catalog-worker.ts' : './catalog-worker.js',
  import.meta.url,
)

/** Questions that wait for the thread; more than that and it is of no use to anybody. */
const questionsMax = 10_000

/**
 * A file that is damaged or of another format is deleted, and the log says so: the catalog is then a new one.
 * @throws Fault 'unavailable' or 'storage-full' if the file cannot be opened, or is a database of something else.
 */
export async function openSqliteCatalogStore({ file, log, behind }: SqliteCatalogOptions): Promise<CatalogStore> {
  const path = resolve(file)
  const thread = new Worker(workerUrl, {
    name: 'catalog',
    workerData: path,
    // Rows live for one write; by default V8 would let 48 MB of them pile up.
    resourceLimits: { maxYoungGenerationSizeMb: 12 },
  })
  // Listened for from the beginning: a thread may say its word and be gone before this hears of either.
  const { promise: gone, resolve: exited } = Promise.withResolvers<number>()
  thread.once('exit', exited)
  const opened = once(thread, 'message')
  try {
    if (behind !== undefined) await behind
  } catch (cause) {
    opened.catch(() => {})
    await thread.terminate()
    throw cause
  }
  thread.postMessage({ type: 'begin' } satisfies Begin)
  const opening: Opening = (await opened)[0]
  if (opening.type === 'failed') {
    await gone
    throw new Fault(opening.fault, opening.message, { cause: opening.cause })
  }
  if (opening.lost !== undefined) log.warn({ file: path, reason: opening.lost }, 'catalog is built again')
  return new SqliteCatalogStore(thread)
}

class SqliteCatalogStore implements CatalogStore {
  readonly #thread: Worker
  readonly #waiting = new BoundedQueue<PromiseWithResolvers<Answer>>(questionsMax)
  #closing: Promise<void> | null = null
  #isGone = false
  #isLost = false

  constructor(thread: Worker) {
    this.#thread = thread
    thread.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer))
    thread.on('error', (cause) => this.#fail(cause))
    thread.on('exit', () => this.#fail(undefined))
  }

  get isLost(): boolean {
    return this.#isLost
  }

  async mark(): Promise<Mark | null> {
    const answer = await this.#ask({ type: 'mark' })
    assert(answer.type === 'mark', 'a question gets its answer')
    return answer.mark === null ? null : JSON.parse(answer.mark)
  }

  async put(rows: readonly GameSummary[], mark: Mark): Promise<void> {
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
    // One more than fits tells whether there is a next page.
    const place = { account, at: Math.min(at, Number.MAX_SAFE_INTEGER), game, limit: limitRows + 1 }
    const answer = await this.#ask({ type: 'games', ...place, ...(status !== undefined && { status }) })
    assert(answer.type === 'games', 'a question gets its answer')
    const games = answer.summaries.map((summary): GameSummary => JSON.parse(summary))
    return makePage(games.toSorted(compareLatest), limitRows)
  }

  /** Questions asked before are answered; any other afterwards is 'unavailable'. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#isGone) return
    const gone = once(this.#thread, 'exit')
    this.#thread.postMessage({ type: 'close' } satisfies Question)
    await gone
  }

  async #ask(question: Question): Promise<Exclude<Answer, { type: 'failed' }>> {
    if (this.#isGone || this.#closing !== null) throw new Fault('unavailable', 'the catalog is closed')
    const waiting = Promise.withResolvers<Answer>()
    if (!this.#waiting.push(waiting)) throw new Fault('unavailable', 'the catalog cannot keep up')
    this.#thread.postMessage(question)
    const answer = await waiting.promise
    if (answer.type !== 'failed') return answer
    this.#isLost ||= answer.isLost
    throw new Fault(answer.fault, answer.message, { cause: answer.cause })
  }

  #fail(cause: unknown): void {
    this.#isGone = this.#isLost = true
    const message = "the catalog's thread has ended"
    for (let waiting = this.#waiting.shift(); waiting !== undefined; waiting = this.#waiting.shift())
      waiting.resolve({ type: 'failed', fault: 'unavailable', message, cause, isLost: true })
  }
}
