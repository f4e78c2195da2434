/** Where an export reads: the entries of a journal in its order, a page at a time, as fast as they are taken. */
import type { Entry, Journal, JournalId, Position } from '../journal.ts'
import { isAt } from '../position.ts'
import type { Last } from './tally.ts'

export interface Source {
  /** No version of a game is there twice: where one is all the same, the engine has stored what it should have refused. */
  readonly isExact: boolean
  /** Of the journal; null: its file is of a format that has none. */
  readonly id: JournalId | null
  /**
   * The next durable entries behind `after`, at least one; empty: there are no more. Entries that were stored before
   * the source was opened are among them, others may be.
   * @throws JournalFault
   */
  page(after: Position): Promise<readonly Entry[]>
  /** Whether the journal has this very entry at this place. @throws JournalFault */
  holds(entry: Last, position: Position): Promise<boolean>
  /** Releases what the source has opened. */
  close(): Promise<void>
}

/** As many as are worth a subscription of their own. */
const pageEntries = 8192

/** Pages of any journal, which is closed with it. It is followed anew for each, so that nothing piles up. */
export function makeSource(journal: Journal): Source {
  return {
    isExact: false,
    id: journal.id,
    page: (after) => pageOf(journal, after),
    holds: async ({ game, version, chain }, position) => {
      const [entry] = await journal.read(game, version - 1, 1)
      return entry?.chain === chain && isAt(position, entry.position)
    },
    close: () => journal.close(),
  }
}

async function pageOf(journal: Journal, after: Position): Promise<readonly Entry[]> {
  const page: Entry[] = []
  const full = Promise.withResolvers<void>()
  const subscription = journal.follow(after, (entries) => {
    for (const entry of entries) page.push(entry)
    if (page.length >= pageEntries) full.resolve()
  })
  try {
    await Promise.race([subscription.caughtUp, full.promise])
    return page
  } finally {
    subscription.close()
  }
}
