/** Stores unanswered commands with their game: if the page is closed meanwhile, the next opened page delivers them. */
import type { Client, GameHandle, GameView, Unanswered } from '../../client/index.ts'
import { listSaved, save } from './storage.ts'

export interface Kept {
  /** The id of the account that sent the commands. */
  readonly account: string | undefined
  /** The id of the history they were decided on; null if the server does not send one. */
  readonly journal: string | null
  readonly view: GameView
  readonly commands: readonly Unanswered[]
}

const prefix = 'unanswered:'

/** The storage name for the commands of a game. */
export const unansweredOf = (game: string): string => prefix + game

export function keepUnanswered({ account, journal }: Client, { id, view, unanswered }: GameHandle): void {
  const kept: Kept = { account: account?.id, journal, view, commands: unanswered }
  save(unansweredOf(id), unanswered.length === 0 ? null : kept)
}

export function gamesWithUnanswered(): readonly string[] {
  return listSaved(prefix)
}
