/** A worker thread for long bot searches. It runs one search at a time and serves the callers in turn. */
import { FairQueue } from '../base/index.ts'
import { fileBeside, WorkerThread } from '../base/node/index.ts'
import type { Choice } from '../game/index.ts'
import type { Limits } from '../protocol/index.ts'
import type { BotRequest } from '../service/index.ts'
import type { SearchMethods, SearchRequest } from './bot-worker.ts'

/** late: the search exceeded its time. unwanted: the request was dropped, or too many requests wait. lost: the thread ended. */
export type SearchResult = Choice | 'late' | 'unwanted' | 'lost'

export type StartThread = () => WorkerThread<SearchMethods>

const startBotWorker: StartThread = () => new WorkerThread(fileBeside(import.meta.url, 'bot-worker'), { name: 'bots' })

export class BotThread {
  readonly #withinMs: number
  readonly #startThread: StartThread
  readonly #queue: FairQueue<string>
  readonly #dropped = new Int32Array(new SharedArrayBuffer(4))
  #thread: WorkerThread<SearchMethods> | null = null
  #lastId = 0
  #isClosed = false

  /** @param withinMs the time that one search may take. */
  constructor(
    withinMs: number,
    limits: Pick<Limits, 'thoughtsPerAddress' | 'thoughtsWaiting'>,
    startThread = startBotWorker,
  ) {
    this.#withinMs = withinMs
    this.#startThread = startThread
    this.#queue = new FairQueue({
      atOnce: 1,
      atOncePerKey: 1,
      waiting: limits.thoughtsWaiting,
      waitingPerKey: limits.thoughtsPerAddress,
    })
  }

  think(search: Omit<SearchRequest, 'id' | 'withinMs'>, request: BotRequest): Promise<SearchResult> {
    return new Promise((resolve) => {
      let hasBegun = false
      const turn = this.#queue.enter(request.key, async () => {
        hasBegun = true
        if (request.isDropped || this.#isClosed) return resolve('unwanted')
        const id = ++this.#lastId
        request.onDrop(() => Atomics.store(this.#dropped, 0, id))
        const result = await this.#run({ ...search, id, withinMs: this.#withinMs })
        resolve(request.isDropped || this.#isClosed ? 'unwanted' : result)
      })
      if (typeof turn === 'string') resolve('unwanted')
      else if (!hasBegun)
        request.onDrop(() => {
          turn.cancel()
          resolve('unwanted')
        })
    })
  }

  /** Ends the thread. Waiting searches resolve with 'unwanted'. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#thread?.terminate()
  }

  async #run(search: SearchRequest): Promise<SearchResult> {
    this.#thread ??= this.#start()
    try {
      return (await this.#thread.call('search', search, this.#dropped)) ?? 'late'
    } catch {
      return 'lost'
    }
  }

  #start(): WorkerThread<SearchMethods> {
    const thread = this.#startThread()
    thread.unref()
    void thread.ended.then(() => (this.#thread = null))
    return thread
  }
}
