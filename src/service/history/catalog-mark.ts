/** Whether what a store has read is still what the journal has. */
import { type Entry, type Journal, JournalFault } from '../../journal/index.ts'
import type { Mark, Newest } from './catalog-store.ts'

/**
 * Why the rows behind `mark` are of another history than `journal`; null: they are of this one. The id tells another
 * journal; the newest entry tells the same one put back to an older state, which may have been played on since.
 * @throws JournalFault 'unavailable'
 */
export async function findMismatch(journal: Journal, { journal: id, newest }: Mark): Promise<string | null> {
  if (id !== journal.id) return 'it is of another journal'
  if (newest === null) return null
  return (await holds(journal, newest)) ? null : 'the journal was put back to an older state'
}

async function holds(journal: Journal, { game, version, chain }: Newest): Promise<boolean> {
  try {
    const [entry] = await journal.read(game, version - 1, 1)
    return entry?.version === version && entry.chain === chain
  } catch (cause) {
    // A game that cannot be read proves nothing.
    if (cause instanceof JournalFault && cause.fault === 'corrupt') return false
    throw cause
  }
}

export function newestOf({ game, version, chain }: Entry): Newest {
  return { game, version, chain }
}
