/** Positions of the engines that number their entries 1, 2, 3 … across all games. */
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
