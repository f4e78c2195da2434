/** Games that cannot be read from the journal: they are left out of the histories, and told of once each. */
import { JournalFault } from '../../journal/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { Shared } from '../context.ts'

export class DamagedGames {
  readonly #shared: Pick<Shared, 'meter' | 'log'>
  readonly #games = new Set<string>()

  constructor(shared: Pick<Shared, 'meter' | 'log'>) {
    this.#shared = shared
  }

  get size(): number {
    return this.#games.size
  }

  passOver(game: string, cause: unknown): void {
    if (this.#games.has(game)) return
    this.#games.add(game)
    this.#shared.meter.count('damaged_games_total')
    this.#shared.log.error({ game, reason: String(cause) }, 'game is damaged and in no history')
  }
}

/** What is said of so many, for private ones are known by their ids alone; null: there are none. */
export function troubleWith(count: number): string | null {
  return count === 0 ? null : `${count} games are damaged and left out; the log names them`
}

/** Whether the journal does not answer, which says nothing of the game that was asked for. */
export function isPassing(cause: unknown): boolean {
  return cause instanceof Fault || (cause instanceof JournalFault && cause.fault !== 'corrupt')
}
