/** The source of an export: the entries of a journal in journal order, read page by page on demand. */
import type { Entry, Journal, JournalId, Position } from '../journal.ts'
import { isAt } from '../position.ts'
import type { Last } from './tally.ts'

export interface ExportSource {
  /** Whether no version of a game can occur twice. If it still does, the journal is damaged. */
  readonly isExact: boolean
  /** The id of the journal; null: its file has a format without ids. */
  readonly id: JournalId | null
  /**
   * The next durable entries after position `after`, at least one; empty: there are no more. All entries that were stored before
   * the source was opened are included; later ones may be.
   * @throws JournalFault
   */
  page(after: Position): Promise<readonly Entry[]>
  /** Whether the journal has exactly this entry at this position. @throws JournalFault */
  holds(entry: Last, position: Position): Promise<boolean>
  /** Releases all resources of the source. */
  close(): Promise<void>
}

/** Entries of a page: enough to be worth a separate subscription. */
const pageEntries = 8192

/** A source for any journal. Closing it closes the journal. Each page uses a new subscription, so that no entries accumulate. */
export function makeSource(journal: Journal): ExportSource {
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
