/** Positions of engines that number their entries 1, 2, 3 … across all games, and positions of several such journals together. */
import { JournalFault, type Position } from './journal.ts'

/**
 * The number of entries at or before `position`.
 * @throws JournalFault 'corrupt' if the journal, which has `length` entries, never gave out `position`.
 */
export function parsePosition(position: Position, length: number): number {
  const index = Number(position)
  if (/^\d*$/.test(position) && index <= length) return index
  throw new JournalFault('corrupt', `position ${position} is not of this journal, which ends at ${length}`)
}

/** No engine uses this character in a position. */
const separator = '.'

/** Joins the positions reached in several journals into one. */
export function joinPositions(positions: readonly Position[]): Position {
  return positions.join(separator)
}

/** The position reached in each partition; one element for a journal without partitions. */
export function partsOf(position: Position): readonly Position[] {
  return position.split(separator)
}

/**
 * The inverse of {@link joinPositions}: returns `count` positions. All are empty if `position` is before the first entry.
 * @throws JournalFault 'corrupt' if `position` has more or fewer than `count` components
 */
export function splitPosition(position: Position, count: number): readonly Position[] {
  if (position === '') return Array.from({ length: count }, () => '')
  const positions = partsOf(position)
  if (positions.length === count) return positions
  throw new JournalFault('corrupt', `position ${position} is not of this journal, which has ${count} partitions`)
}

/** True if a follower at `position` has just delivered the entry that `read` reports at `place`. */
export function isAt(position: Position, place: Position): boolean {
  const [reached, own] = [partsOf(position), partsOf(place)]
  return reached.length === own.length && own.every((part, index) => part === '' || part === reached[index])
}
