/** Games that cannot be read from the journal: they are left out of the histories, and each is logged once. */
import { JournalFault } from '../../journal/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { ServiceContext } from '../context.ts'

export class DamagedGames {
  readonly #shared: Pick<ServiceContext, 'meter' | 'log'>
  readonly #games = new Set<string>()

  constructor(shared: Pick<ServiceContext, 'meter' | 'log'>) {
    this.#shared = shared
  }

  get size(): number {
    return this.#games.size
  }

  leaveOut(game: string, cause: unknown): void {
    if (this.#games.has(game)) return
    this.#games.add(game)
    this.#shared.meter.count('damaged_games_total')
    this.#shared.log.error({ game, reason: String(cause) }, 'game is damaged and is left out of all histories')
  }
}

/**
 * The report about `count` damaged games; null if there are none. It names no game, because a private game is protected
 * only by its id.
 */
export function troubleWith(count: number): string | null {
  return count === 0 ? null : `${count} games are damaged and left out; the log names them`
}

/** True if the journal is temporarily unavailable, which says nothing about the game that was read. */
export function isTemporary(cause: unknown): boolean {
  return cause instanceof Fault || (cause instanceof JournalFault && cause.fault !== 'corrupt')
}
