/** Runs the bots of the server: quick searches on the main thread, long ones in worker threads. */
import type { Random } from '../base/index.ts'
import { chooseMove, isQuick } from '../game/index.ts'
import { limits } from '../protocol/index.ts'
import type { Think } from '../service/index.ts'
import { type StartThread, BotThread } from './bot-thread.ts'

export class Bots {
  readonly #random: Random
  /** Every search first runs in the thread for short searches. One that is late is repeated in the second thread, where it delays only other long searches. */
  readonly #threads: readonly BotThread[]

  constructor(random: Random, startThread?: StartThread) {
    this.#random = random
    this.#threads = [limits.shortThoughtMs, Infinity].map((withinMs) => new BotThread(withinMs, limits, startThread))
  }

  readonly think: Think = async ({ rules, board, turn }, level, request) => {
    const position = { rules, board, turn: turn ?? 'X' }
    if (isQuick(rules, level)) return chooseMove(position, level, this.#random)
    for (const thread of this.#threads) {
      const result = await thread.think({ ...position, level }, request)
      if (result === 'unwanted') return null
      // A weak move is better than a game that does not continue.
      if (result === 'lost') return chooseMove(position, 'random', this.#random)
      if (result !== 'late') return result
    }
    return null
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }
}
