/**
 * Rows of all games, kept once for a whole cluster: one node at a time writes those of a partition, all read them. Another
 * one goes on where it stopped, from the journal.
 */
import type { Journal, JournalId } from '../../journal/index.ts'
import type { GameSummary } from '../../protocol/index.ts'

export interface ProjectionStore {
  /** In the order of the journal's partitions. */
  readonly partitions: readonly ProjectionPartition[]
  close(): Promise<void>
}

/** The rows of one partition. */
export interface ProjectionPartition {
  /** The partition; its positions are numbers. */
  readonly journal: Journal
  /** @throws JournalFault 'unavailable' */
  state(): Promise<ProjectionState>
  /**
   * Replaces the rows of these games and the mark, all or nothing, if the mark is still the one with the token `after` (0:
   * there is none). Resolves with the token of the new one; null: somebody else has written.
   * @throws JournalFault 'unavailable', 'storage-full': whether it was written is not known
   */
  write(rows: readonly GameSummary[], mark: ProjectionMark, after: number): Promise<number | null>
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

export interface ProjectionState {
  /** The position of the journal's last entry, at about the time of the mark: either may be ahead. */
  readonly end: number
  /** How long before the call that was asked, in ms; left out: it was asked then. */
  readonly askedMs?: number
  readonly mark: (ProjectionMark & { readonly token: number }) | null
}

/** How far the rows of a partition are, and which node writes them. */
export interface ProjectionMark {
  /** The journal whose rows they are. */
  readonly journal: JournalId
  /** Every entry up to here is accounted for. */
  readonly position: number
  /** The node that writes; empty: it has left, and the next one may begin. */
  readonly keeper: string
  /** Counts what that node has written, so that it recognises its own. */
  readonly number: number
}
