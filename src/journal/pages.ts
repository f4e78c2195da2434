/** Reads a game of any length as a stream of pages. */
import type { Entry, GameId, Journal, Version } from './journal.ts'
import { pageEntriesMax } from './limits.ts'

/** The largest number of entries that a read with `limit` returns. */
export function pageSize(limit: number = pageEntriesMax): number {
  return Math.min(limit, pageEntriesMax)
}

/** Yields all entries of `game` above version `after`, oldest first. Reads each page on demand. @throws JournalFault */
export async function* pagesOf(
  journal: Pick<Journal, 'read'>,
  game: GameId,
  after: Version = 0,
): AsyncGenerator<readonly Entry[]> {
  for (let last = after; ;) {
    const page = await journal.read(game, last)
    if (page.length > 0) yield page
    if (page.length < pageEntriesMax) return
    last = page.at(-1)?.version ?? last
  }
}
