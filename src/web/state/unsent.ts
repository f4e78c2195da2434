/** Commands without an answer, kept with their game: a page that was closed meanwhile delivers them when one is opened. */
import type { Client, GameHandle, GameView, Unanswered } from '../../client/index.ts'
import { listSaved, save } from './storage.ts'

export interface Kept {
  /** Whose commands they are. */
  readonly account: string | undefined
  /** Which games they were decided on; null: the server does not say. */
  readonly journal: string | null
  readonly view: GameView
  readonly commands: readonly Unanswered[]
}

const prefix = 'unanswered:'

/** Under which name those of a game are saved. */
export const unansweredOf = (game: string): string => prefix + game

export function keepUnanswered({ account, journal }: Client, { id, view, unanswered }: GameHandle): void {
  const kept: Kept = { account: account?.id, journal, view, commands: unanswered }
  save(unansweredOf(id), unanswered.length === 0 ? null : kept)
}

export function gamesWithUnanswered(): readonly string[] {
  return listSaved(prefix)
}
