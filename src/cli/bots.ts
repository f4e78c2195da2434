/** Where the server's bots think: at once when that is quick, else in a thread that nobody has to wait for. */
import { Worker } from 'node:worker_threads'
import type { Random } from '../base/index.ts'
import { type Choice, chooseMove, isQuick } from '../game/index.ts'
import type { Think } from '../service/index.ts'
import type { Answer, Question } from './bot-worker.ts'

// The compiler rewrites import paths, not URLs: the worker has the extension of this file.
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './bot-worker.ts' : './bot-worker.js', import.meta.url)

export class Bots {
  readonly #random: Random
  readonly #startThread: () => Worker
  readonly #waiting = new Map<number, PromiseWithResolvers<Choice>>()
  #thread: Worker | null = null
  #asked = 0

  constructor(random: Random, startThread: () => Worker = () => new Worker(workerUrl, { name: 'bots' })) {
    this.#random = random
    this.#startThread = startThread
  }

  readonly think: Think = async ({ rules, board, turn }, level) => {
    const position = { rules, board, turn: turn ?? 'X' }
    if (isQuick(rules, level)) return chooseMove(position, level, this.#random)
    try {
      return await this.#ask({ ...position, level, id: ++this.#asked })
    } catch {
      // The thread died of this thought or beside it. A weak move is better than a game that stands still.
      return chooseMove(position, 'random', this.#random)
    }
  }

  async close(): Promise<void> {
    await this.#thread?.terminate()
  }

  #ask(question: Question): Promise<Choice> {
    const answer = Promise.withResolvers<Choice>()
    this.#waiting.set(question.id, answer)
    this.#thread ??= this.#start()
    this.#thread.postMessage(question)
    return answer.promise
  }

  #start(): Worker {
    const thread = this.#startThread()
    thread.unref()
    thread.on('message', ({ id, choice }: Answer) => {
      this.#waiting.get(id)?.resolve(choice)
      this.#waiting.delete(id)
    })
    // 'exit' follows; without a listener an error of the thread would be one of the process.
    thread.on('error', () => {})
    thread.on('exit', () => {
      this.#thread = null
      for (const { reject } of this.#waiting.values()) reject(new Error('the thread of the bots ended'))
      this.#waiting.clear()
    })
    return thread
  }
}
