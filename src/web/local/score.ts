/** The score of a sitting: games without a server, one after the other, with the same opponent and rules. */
import type { PageGame } from '../state/page-game.ts'
import { load, save } from '../state/storage.ts'

/** Games won by the visitor, or by X at one screen; draws; games won by the other. */
export type Score = readonly [won: number, drawn: number, lost: number]

const none: Score = [0, 0, 0]

/** None if it is not stored or cannot be read. */
export function readScore(): Score {
  const stored = load('score')
  const isScore = Array.isArray(stored) && stored.length === none.length && stored.every(Number.isSafeInteger)
  return isScore ? (stored as unknown as Score) : none
}

/** Stores the score before the next game; null starts a new sitting. */
export function storeScore(score: Score | null): Score {
  save('score', score)
  return score ?? none
}

/** The score with the result of this game, if it is over. */
export function addResult([won, drawn, lost]: Score, { standing }: PageGame): Score {
  const { outcome } = standing.value.shown
  if (outcome === null) return [won, drawn, lost]
  if (outcome.winner === null) return [won, drawn + 1, lost]
  return outcome.winner === (standing.value.me ?? 'X') ? [won + 1, drawn, lost] : [won, drawn, lost + 1]
}
