/** Commands without an answer, kept with their game: a page that was closed meanwhile delivers them when one is opened. */
import type { Client, GameHandle, GameView, Unanswered } from '../client/index.ts'
import { listSaved, load, save } from './storage.ts'

interface Kept {
  /** Whose commands they are. */
  readonly account: string | undefined
  readonly view: GameView
  readonly commands: readonly Unanswered[]
}

const prefix = 'unanswered:'

export function keepUnanswered({ account }: Client, { id, view, unanswered }: GameHandle): void {
  const kept: Kept = { account: account?.id, view, commands: unanswered }
  save(prefix + id, unanswered.length === 0 ? null : kept)
}

/** Null: there are none of this account. */
export function readUnanswered({ account }: Client, game: string): Kept | null {
  const { account: whose, view, commands } = (load(prefix + game) ?? {}) as Partial<Kept>
  if (view?.game !== game || commands === undefined) return null
  if (whose === account?.id) return { account: whose, view, commands }
  // Nobody can answer for who was forgotten here.
  save(prefix + game, null)
  return null
}

export function gamesWithUnanswered(): readonly string[] {
  return listSaved(prefix)
}
