/** What finished games say about a player: one row a game, results by group, and streaks. */
import type { GameSummary } from '../../client/index.ts'
import { type Account, opponent, type Player } from '../../game/index.ts'

export const results = ['won', 'drawn', 'lost'] as const
export type GameResult = (typeof results)[number]

/** A finished game as its player sees it. */
export interface Played {
  readonly summary: GameSummary
  readonly opponent: Account
  readonly result: GameResult
}

/** Null for a game that was withdrawn, and for one in which `me` owns no seat, or both. */
export function playedOf(summary: GameSummary, me: string): Played | null {
  const { players, outcome } = summary
  const seats = (['X', 'O'] as const).filter((seat) => players[seat]?.id === me)
  const [seat] = seats
  if (seat === undefined || seats.length === 2 || outcome === null || outcome.by === 'withdrawal') return null
  const other = players[opponent(seat)]
  return other === null ? null : { summary, opponent: other, result: resultOf(outcome.winner, seat) }
}

function resultOf(winner: Player | null, seat: Player): GameResult {
  if (winner === null) return 'drawn'
  return winner === seat ? 'won' : 'lost'
}

export type Tally = Readonly<Record<GameResult, number>>

export function tallyOf(games: readonly Played[]): Tally {
  const tally = { won: 0, drawn: 0, lost: 0 }
  for (const { result } of games) tally[result]++
  return tally
}

/** The games in groups of the same key: those with the most games first, then those with the newest game. */
export function groupBy(games: readonly Played[], keyOf: (game: Played) => string): readonly (readonly Played[])[] {
  const groups = new Map<string, Played[]>()
  for (const game of games) {
    const key = keyOf(game)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [game])
    else group.push(game)
  }
  return [...groups.values()].toSorted((a, b) => b.length - a.length)
}

/** The numbers of games won one after the other: up to the newest game, and at most. */
export interface Streaks {
  readonly current: number
  readonly best: number
}

/** @param games newest first */
export function streaksOf(games: readonly Played[]): Streaks {
  const broken = games.findIndex(({ result }) => result !== 'won')
  let [length, best] = [0, 0]
  for (const { result } of games) {
    length = result === 'won' ? length + 1 : 0
    best = Math.max(best, length)
  }
  return { current: broken === -1 ? games.length : broken, best }
}
