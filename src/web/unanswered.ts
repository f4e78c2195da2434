/** Commands without an answer, kept with their game: a page that was closed meanwhile delivers them when one is opened. */
import type { Client, GameHandle, GameView, Unanswered } from '../client/index.ts'
import { text } from './language/text.ts'
import { listSaved, load, save } from './storage.ts'
import { warn } from './ui.ts'

interface Kept {
  /** Whose commands they are. */
  readonly account: string | undefined
  /** Which games they were decided on; null: the server does not say. */
  readonly journal: string | null
  readonly view: GameView
  readonly commands: readonly Unanswered[]
}

const prefix = 'unanswered:'

export function keepUnanswered({ account, journal }: Client, { id, view, unanswered }: GameHandle): void {
  const kept: Kept = { account: account?.id, journal, view, commands: unanswered }
  save(prefix + id, unanswered.length === 0 ? null : kept)
}

/** Null: there are none of this account. */
export function readUnanswered(client: Client, game: string): Kept | null {
  const { account: whose, journal = null, view, commands } = (load(prefix + game) ?? {}) as Partial<Kept>
  if (view?.game !== game || commands === undefined) return null
  const isOther = journal !== null && client.journal !== null && journal !== client.journal
  if (whose === client.account?.id && !isOther) return { account: whose, journal, view, commands }
  // Nobody can answer for who was forgotten here, nor on a board that the server no longer has.
  save(prefix + game, null)
  if (isOther) warn(text('gamesReplaced'))
  return null
}

export function gamesWithUnanswered(): readonly string[] {
  return listSaved(prefix)
}
