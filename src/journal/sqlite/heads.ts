/** The heads of the games played now, as the writer last stored them. */
import type { Chain } from '../chain.ts'
import type { GameId, Version } from '../journal.ts'

export interface Head {
  /** The game's number in the file. */
  readonly number: number
  version: Version
  chain: Chain
}

/** Keeps the heads used last: at least half of `max` of them, and never more than `max`. */
export class Heads {
  readonly #generation: number
  #young = new Map<GameId, Head>()
  #old = new Map<GameId, Head>()

  constructor(max: number) {
    this.#generation = Math.floor(max / 2)
  }

  get(game: GameId): Head | undefined {
    const head = this.#young.get(game)
    if (head !== undefined) return head
    const kept = this.#old.get(game)
    if (kept !== undefined) this.set(game, kept)
    return kept
  }

  set(game: GameId, head: Head): void {
    // Two generations instead of a list by age: a hit costs one lookup.
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(game, head)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}
