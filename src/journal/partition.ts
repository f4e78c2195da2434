/** Which part of a journal a game lives in. This is for ever: another choice would look for games where they are not. */
import type { GameId } from './journal.ts'

/** FNV-1a of 32 bits: its start and its prime. */
const offsetBasis = 0x811c9dc5
const prime = 0x01000193

/** The number, from 0 on, of the one of `count` partitions that has all entries of `game`. */
export function partitionOf(game: GameId, count: number): number {
  let hash = offsetBasis
  for (let index = 0; index < game.length; index++) hash = Math.imul(hash ^ game.charCodeAt(index), prime)
  return (hash >>> 0) % count
}
