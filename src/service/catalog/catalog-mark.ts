/** Checks that the journal still contains what a store has read from it. */
import { type Entry, type Journal, JournalFault } from '../../journal/index.ts'
import type { CatalogMark, Newest } from './catalog-store.ts'

/**
 * Why the rows that `mark` describes belong to another history than `journal`; null: they belong to this one. The id
 * detects another journal. The newest entry detects that an older state of the same journal was restored, even if games
 * were continued since.
 * @throws JournalFault 'unavailable'
 */
export async function findMismatch(journal: Journal, { journal: id, newest }: CatalogMark): Promise<string | null> {
  if (id !== journal.id) return 'it is of another journal'
  if (newest === null) return null
  return (await holds(journal, newest)) ? null : 'the journal was put back to an older state'
}

async function holds(journal: Journal, { game, version, chain }: Newest): Promise<boolean> {
  try {
    const [entry] = await journal.read(game, version - 1, 1)
    return entry?.version === version && entry.chain === chain
  } catch (cause) {
    // A damaged game proves nothing.
    if (cause instanceof JournalFault && cause.fault === 'corrupt') return false
    throw cause
  }
}

export function newestOf({ game, version, chain }: Entry): Newest {
  return { game, version, chain }
}
