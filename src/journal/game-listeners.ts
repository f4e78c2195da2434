/** The listeners to single games of one journal. */
import type { Entry, GameId, OnEntries, Listening, Version } from './journal.ts'

export class GameListeners {
  readonly #ofGame = new Map<GameId, Set<OnEntries>>()

  get size(): number {
    return this.#ofGame.size
  }

  get games(): Iterable<GameId> {
    return this.#ofGame.keys()
  }

  /** @param onUnused called when the last listener of the game was closed. */
  add(game: GameId, handler: OnEntries, onUnused?: () => void): Listening {
    const handlers = this.#ofGame.get(game) ?? new Set()
    this.#ofGame.set(game, handlers.add(handler))
    return {
      close: () => {
        if (!handlers.delete(handler) || handlers.size > 0) return
        this.#ofGame.delete(game)
        onUnused?.()
      },
    }
  }

  has(game: GameId): boolean {
    return this.#ofGame.has(game)
  }

  notify(game: GameId, version: Version, entry: Entry | null): void {
    for (const handler of this.#ofGame.get(game) ?? []) handler(version, entry)
  }

  clear(): void {
    this.#ofGame.clear()
  }
}
