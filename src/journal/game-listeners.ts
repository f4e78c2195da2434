/** Everybody who listens to single games of one journal. */
import type { Entry, GameId, Hear, Listening, Version } from './journal.ts'

export class GameListeners {
  readonly #ofGame = new Map<GameId, Set<Hear>>()

  get size(): number {
    return this.#ofGame.size
  }

  get games(): Iterable<GameId> {
    return this.#ofGame.keys()
  }

  /** `deserted`: nobody listens to the game any more. */
  add(game: GameId, hear: Hear, deserted?: () => void): Listening {
    const hearers = this.#ofGame.get(game) ?? new Set()
    this.#ofGame.set(game, hearers.add(hear))
    return {
      close: () => {
        if (!hearers.delete(hear) || hearers.size > 0) return
        this.#ofGame.delete(game)
        deserted?.()
      },
    }
  }

  has(game: GameId): boolean {
    return this.#ofGame.has(game)
  }

  tell(game: GameId, version: Version, entry: Entry | null): void {
    for (const hear of this.#ofGame.get(game) ?? []) hear(version, entry)
  }

  clear(): void {
    this.#ofGame.clear()
  }
}
