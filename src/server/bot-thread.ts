/** A thread for long thoughts, one at a time, in which those who ask take turns. */
import { Worker } from 'node:worker_threads'
import { FairQueue } from '../base/index.ts'
import type { Choice } from '../game/index.ts'
import type { Limits } from '../protocol/index.ts'
import type { BotRequest } from '../service/index.ts'
import type { Answer, Question } from './bot-worker.ts'

/** late: it takes longer than it may here. unwanted: it was dropped, or too much waits. lost: the thread died of it or beside it. */
export type Thought = Choice | 'late' | 'unwanted' | 'lost'

export type StartThread = (dropped: Int32Array) => Worker

// The compiler rewrites import paths, not URLs: the worker has the extension of this file.
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './bot-worker.ts' : './bot-worker.js', import.meta.url)

export class ThinkingRoom {
  readonly #withinMs: number
  readonly #startThread: StartThread
  readonly #queue: FairQueue<string>
  readonly #dropped = new Int32Array(new SharedArrayBuffer(4))
  #thread: Worker | null = null
  /** Tells what became of the question that is thought about. */
  #answer: ((answer: Answer | null) => void) | null = null
  #asked = 0
  #isClosed = false

  /** @param withinMs what one thought may take. */
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

  think(question: Omit<Question, 'id' | 'withinMs'>, request: BotRequest): Promise<Thought> {
    return new Promise((resolve) => {
      let isBegun = false
      const turn = this.#queue.enter(request.key, async () => {
        isBegun = true
        if (request.isDropped || this.#isClosed) return resolve('unwanted')
        const id = ++this.#asked
        request.onDrop(() => Atomics.store(this.#dropped, 0, id))
        const answer = await this.#ask({ ...question, id, withinMs: this.#withinMs })
        if (request.isDropped || this.#isClosed) resolve('unwanted')
        else resolve(answer === null ? 'lost' : (answer.choice ?? 'late'))
      })
      if (typeof turn === 'string') resolve('unwanted')
      else if (!isBegun)
        request.onDrop(() => {
          turn.cancel()
          resolve('unwanted')
        })
    })
  }

  /** Ends the thread. What waits is unwanted. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#thread?.terminate()
  }

  #ask(question: Question): Promise<Answer | null> {
    return new Promise((resolve) => {
      this.#answer = resolve
      this.#thread ??= this.#start()
      this.#thread.postMessage(question)
    })
  }

  #start(): Worker {
    const thread = this.#startThread(this.#dropped)
    thread.unref()
    thread.on('message', (answer: Answer) => this.#settle(answer))
    // 'exit' follows; without a listener an error of the thread would be one of the process.
    thread.on('error', () => {})
    thread.on('exit', () => {
      this.#thread = null
      this.#settle(null)
    })
    return thread
  }

  #settle(answer: Answer | null): void {
    const settle = this.#answer
    this.#answer = null
    settle?.(answer)
  }
}
