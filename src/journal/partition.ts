/** Maps a game to its partition. The mapping must never change: with another one, existing games would not be found. */
import type { GameId } from './journal.ts'

/** The constants of 32-bit FNV-1a. */
const offsetBasis = 0x811c9dc5
const prime = 0x01000193

/** The partition, from 0 to `count - 1`, that has all entries of `game`. */
export function partitionOf(game: GameId, count: number): number {
  let hash = offsetBasis
  for (let index = 0; index < game.length; index++) hash = Math.imul(hash ^ game.charCodeAt(index), prime)
  return (hash >>> 0) % count
}
