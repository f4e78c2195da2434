/** A worker thread for long bot searches. It runs one search at a time and serves the callers in turn. */
import { Worker } from 'node:worker_threads'
import { FairQueue } from '../base/index.ts'
import type { Choice } from '../game/index.ts'
import type { Limits } from '../protocol/index.ts'
import type { BotRequest } from '../service/index.ts'
import type { SearchAnswer, SearchRequest } from './bot-worker.ts'

/** late: the search exceeded its time. unwanted: the request was dropped, or too many requests wait. lost: the thread ended. */
export type SearchResult = Choice | 'late' | 'unwanted' | 'lost'

export type StartThread = (dropped: Int32Array) => Worker

// The compiler rewrites import paths but not URLs, so the worker gets the extension of this file.
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './bot-worker.ts' : './bot-worker.js', import.meta.url)

export class BotThread {
  readonly #withinMs: number
  readonly #startThread: StartThread
  readonly #queue: FairQueue<string>
  readonly #dropped = new Int32Array(new SharedArrayBuffer(4))
  #thread: Worker | null = null
  /** Resolves the search that is running. */
  #answer: ((answer: SearchAnswer | null) => void) | null = null
  #lastId = 0
  #isClosed = false

  /** @param withinMs the time that one search may take. */
  constructor(
    withinMs: number,
    limits: Pick<Limits, 'thoughtsPerAddress' | 'thoughtsWaiting'>,
    startThread: StartThread = (dropped) => new Worker(workerUrl, { name: 'bots', workerData: dropped }),
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
        const answer = await this.#run({ ...search, id, withinMs: this.#withinMs })
        if (request.isDropped || this.#isClosed) resolve('unwanted')
        else resolve(answer === null ? 'lost' : (answer.choice ?? 'late'))
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

  #run(search: SearchRequest): Promise<SearchAnswer | null> {
    return new Promise((resolve) => {
      this.#answer = resolve
      this.#thread ??= this.#start()
      this.#thread.postMessage(search)
    })
  }

  #start(): Worker {
    const thread = this.#startThread(this.#dropped)
    thread.unref()
    thread.on('message', (answer: SearchAnswer) => this.#settle(answer))
    // 'exit' follows. Without a listener, an error of the thread would end the process.
    thread.on('error', () => {})
    thread.on('exit', () => {
      this.#thread = null
      this.#settle(null)
    })
    return thread
  }

  #settle(answer: SearchAnswer | null): void {
    const settle = this.#answer
    this.#answer = null
    settle?.(answer)
  }
}
