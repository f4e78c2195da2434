/** A game of any length, as a stream of pages. */
import type { Entry, GameId, Journal, Version } from './journal.ts'
import { pageEntriesMax } from './limits.ts'

/** How many entries a reader that asks for `limit` is given at most. */
export function pageSize(limit: number = pageEntriesMax): number {
  return Math.min(limit, pageEntriesMax)
}

/** All entries of `game` above `after`, oldest first, each page read when it is asked for. @throws JournalFault */
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
