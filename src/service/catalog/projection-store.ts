/**
 * The rows of all games, stored once for a whole cluster. One node at a time writes the rows of a partition, and all
 * read them. If that node stops, another continues from the journal at the position of the mark.
 */
import type { Journal, JournalId } from '../../journal/index.ts'
import type { GameSummary } from '../../protocol/index.ts'

export interface ProjectionStore {
  /** In the order of the journal's partitions. */
  readonly partitions: readonly ProjectionPartition[]
  close(): Promise<void>
}

/** The rows of one partition. A read has every write up to the newest mark that `state` or `write` has resolved with. */
export interface ProjectionPartition {
  /** The partition of the journal; its positions are numbers. */
  readonly journal: Journal
  /** @throws JournalFault 'unavailable' */
  state(): Promise<ProjectionState>
  /**
   * Replaces the rows of these games and the mark, atomically, if the mark still has the token `after` (0: no mark).
   * Resolves with the token of the new mark; null: another node has written.
   * @throws JournalFault 'unavailable', 'storage-full': it is unknown whether the rows were written
   */
  write(rows: readonly GameSummary[], mark: ProjectionMark, after: number): Promise<number | null>
  /**
   * Deletes what was written before the mark with this token. Another node may read it for a moment longer.
   * @throws JournalFault 'unavailable'
   */
  forget(before: number): Promise<void>
  /**
   * The rows of an account whose last write was before place `before`, newest first: at most `count`; fewer if there
   * are no more. @throws JournalFault 'unavailable'
   */
  latest(account: string, before: number, count: number): Promise<readonly Placed[]>
  /**
   * Live games with a clock whose rows were written after place `after`, oldest first; at most `count`.
   * @throws JournalFault
   */
  clocked(after: number, count: number): Promise<readonly Placed[]>
}

export interface Placed {
  readonly place: number
  readonly row: GameSummary
}

export interface ProjectionState {
  /** The position of the journal's last entry, read at about the same time as the mark: either may be newer. */
  readonly end: number
  /** How long before the call of `state` the `end` was requested, in ms; absent: it was requested by the call. */
  readonly askedMs?: number
  readonly mark: (ProjectionMark & { readonly token: number }) | null
}

/** How far the rows of a partition have been written, and by which node. */
export interface ProjectionMark {
  /** The journal from which the rows were built. */
  readonly journal: JournalId
  /** Every entry up to here is accounted for. */
  readonly position: number
  /** The node that writes; empty: it has stopped, and the next node may begin at once. */
  readonly keeper: string
  /** Counts the writes of that node, so that it recognises its own. */
  readonly number: number
}
