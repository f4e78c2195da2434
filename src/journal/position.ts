/** Positions: of engines that number their entries 1, 2, 3 … across all games, and of several such journals together. */
import { JournalFault, type Position } from './journal.ts'

/**
 * How many entries lie at or before `position`.
 * @throws JournalFault 'corrupt' if the journal, which has `length` entries, never gave it out.
 */
export function parsePosition(position: Position, length: number): number {
  const index = Number(position)
  if (/^\d*$/.test(position) && index <= length) return index
  throw new JournalFault('corrupt', `position ${position} is not of this journal, which ends at ${length}`)
}

/** No engine has it in a position. */
const separator = '.'

/** One position of several journals together: how far each of them was heard. */
export function joinPositions(positions: readonly Position[]): Position {
  return positions.join(separator)
}

/** How far each partition was heard: one, of a journal that is not of several. */
export function partsOf(position: Position): readonly Position[] {
  return position.split(separator)
}

/**
 * What {@link joinPositions} joined, `count` positions; empty ones before the first entry.
 * @throws JournalFault 'corrupt' if there are more or fewer
 */
export function splitPosition(position: Position, count: number): readonly Position[] {
  if (position === '') return Array.from({ length: count }, () => '')
  const positions = partsOf(position)
  if (positions.length === count) return positions
  throw new JournalFault('corrupt', `position ${position} is not of this journal, which has ${count} partitions`)
}

/** Whether `follow` has just come to the entry that `read` gives as lying at `place` when it stands at `position`. */
export function isAt(position: Position, place: Position): boolean {
  const [heard, own] = [partsOf(position), partsOf(place)]
  return heard.length === own.length && own.every((part, index) => part === '' || part === heard[index])
}
