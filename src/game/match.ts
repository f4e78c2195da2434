/** Matches: up to 3, 5 or 7 games of two players, one after the other, with a score. */
import type { Player } from './player.ts'

/** How many games a match may have at most. */
export const matchLengths = [3, 5, 7] as const
export type MatchLength = (typeof matchLengths)[number]

/** A match and its score: the games won by the players who have the seats X and O in this game, and the drawn ones. */
export interface Match {
  readonly length: MatchLength
  readonly X: number
  readonly O: number
  readonly drawn: number
}

export function startMatch(length: MatchLength): Match {
  return { length, X: 0, O: 0, drawn: 0 }
}

/** The match after a game that ended so; null: the game is not over. */
export function scoreMatch(
  match: Match,
  outcome: { readonly winner: Player | null; readonly by: string } | null,
): Match {
  if (outcome === null || outcome.by === 'withdrawal') return match
  const counted = outcome.winner ?? 'drawn'
  return { ...match, [counted]: match[counted] + 1 }
}

export function countPlayed({ X, O, drawn }: Match): number {
  return X + O + drawn
}

/** Whether a player leads by more than the number of games left, or none is left. */
export function isMatchOver(match: Match): boolean {
  const left = match.length - countPlayed(match)
  return left === 0 || Math.abs(match.X - match.O) > left
}

/** The match before its next game, in which the players have changed seats; after the end, a new match. */
export function continueMatch(match: Match): Match {
  return isMatchOver(match) ? startMatch(match.length) : { ...match, X: match.O, O: match.X }
}
