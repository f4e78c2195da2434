/**
 * Rows of all games, kept once for a whole cluster: one node at a time writes those of a partition, all read them. Another
 * one goes on where it stopped, from the journal.
 */
import type { Journal, JournalId } from '../journal/index.ts'
import type { GameSummary } from '../protocol/index.ts'

export interface Books {
  /** In the order of the journal's partitions. */
  readonly shelves: readonly Shelf[]
  close(): Promise<void>
}

/** The rows of one partition. */
export interface Shelf {
  /** The partition; its positions are numbers. */
  readonly journal: Journal
  /** @throws JournalFault 'unavailable' */
  look(): Promise<Look>
  /**
   * Replaces the rows of these games and the mark, all or nothing, if the mark is still the one with the token `after` (0:
   * there is none). Resolves with the token of the new one; null: somebody else has written.
   * @throws JournalFault 'unavailable', 'storage-full': whether it was written is not known
   */
  write(rows: readonly GameSummary[], mark: BookMark, after: number): Promise<number | null>
  /** Forgets what was written before the mark with this token. @throws JournalFault 'unavailable' */
  forget(before: number): Promise<void>
  /**
   * The rows of an account that were written last before place `before`, newest first: at most `count`; fewer if there are
   * no more. @throws JournalFault 'unavailable'
   */
  latest(account: string, before: number, count: number): Promise<readonly Placed[]>
  /** Live games with a clock, those written behind place `after`, oldest first; at most `count`. @throws JournalFault */
  clocked(after: number, count: number): Promise<readonly Placed[]>
}

export interface Placed {
  readonly place: number
  readonly row: GameSummary
}

export interface Look {
  /** The position of the journal's last entry, at about the time of the mark: either may be ahead. */
  readonly end: number
  /** How long before the call that was asked, in ms; left out: it was asked then. */
  readonly askedMs?: number
  readonly mark: (BookMark & { readonly token: number }) | null
}

/** How far the books are, and who keeps them. */
export interface BookMark {
  /** The journal whose rows they are. */
  readonly journal: JournalId
  /** Every entry up to here is accounted for. */
  readonly position: number
  /** The node that writes; empty: it has left, and the next one may begin. */
  readonly keeper: string
  /** Counts what that node has written, so that it recognises its own. */
  readonly number: number
}
