/** Where the server's bots think: at once when that is quick, else in threads that nobody has to wait for. */
import type { Random } from '../base/index.ts'
import { chooseMove, isQuick } from '../game/index.ts'
import { limits } from '../protocol/index.ts'
import type { Think } from '../service/index.ts'
import { type StartThread, ThinkingRoom } from './bot-thread.ts'

export class Bots {
  readonly #random: Random
  /** Thoughts are tried where none takes long; those that would are thought where they hold up their like only. */
  readonly #rooms: readonly ThinkingRoom[]

  constructor(random: Random, startThread?: StartThread) {
    this.#random = random
    this.#rooms = [limits.shortThoughtMs, Infinity].map((withinMs) => new ThinkingRoom(withinMs, limits, startThread))
  }

  readonly think: Think = async ({ rules, board, turn }, level, request) => {
    const position = { rules, board, turn: turn ?? 'X' }
    if (isQuick(rules, level)) return chooseMove(position, level, this.#random)
    for (const room of this.#rooms) {
      const thought = await room.think({ ...position, level }, request)
      if (thought === 'unwanted') return null
      // A weak move is better than a game that stands still.
      if (thought === 'lost') return chooseMove(position, 'random', this.#random)
      if (thought !== 'late') return thought
    }
    return null
  }

  async close(): Promise<void> {
    await Promise.all(this.#rooms.map((room) => room.close()))
  }
}
