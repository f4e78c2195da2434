import type { Event, Game } from '../../game/index.ts'
import type { Fault } from '../../protocol/index.ts'

/** What an arbiter needs from whoever keeps it. */
export interface ArbiterHost {
  /** `game` has changed by `event`, at this time of the wall clock. */
  changed(id: string, game: Game, event: Event, at: number): void
  /** Somebody came to `game` or left it. */
  gathered(id: string, game: Game): void
  /** On whose behalf the server thinks in this game, as an address: a player who is here, else who brought it into memory. */
  askerOf(id: string): string
  /** Makes the game that a rematch of `game` leads to, and answers with its id. @throws Fault */
  rematch(id: string, game: Game): Promise<string>
  /** An append was refused or lost by the journal, or went well again: null. */
  stored(fault: Fault | null): void
}
