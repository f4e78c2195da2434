/** Which accounts' lists a game is in. */
import { players } from '../../game/index.ts'
import type { GameSummary } from '../../protocol/index.ts'

/** Each account that owns a seat, once; bots have no histories. */
export function accountsOf({ players: seated }: Pick<GameSummary, 'players'>): ReadonlySet<string> {
  const accounts = new Set<string>()
  for (const player of players) {
    const owner = seated[player]
    if (owner !== null && owner.bot === undefined) accounts.add(owner.id)
  }
  return accounts
}
