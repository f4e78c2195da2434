import type { Event, Game } from '../../game/index.ts'
import type { Fault } from '../../protocol/index.ts'

/** What an arbiter needs from its owner. */
export interface ArbiterHost {
  /** `event`, decided at the stored time `at` (ms), has changed `game`. */
  changed(id: string, game: Game, event: Event, at: number): void
  /** A listener has joined or left the audience of `game`. */
  audienceChanged(id: string, game: Game): void
  /**
   * The address that bot computations of this game are charged to: a connected player's, else the one that loaded the
   * game.
   */
  chargedAddressOf(id: string): string
  /** Creates the rematch of `game` and resolves with its id. @throws Fault */
  rematch(id: string, game: Game): Promise<string>
  /** Reports the result of an append; null: the journal answered, also with a conflict. */
  stored(fault: Fault | null): void
}
