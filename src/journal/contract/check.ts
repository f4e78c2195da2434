/** One check of the journal's contract, and the store that it runs against. */
import type { Journal } from '../journal.ts'

/** The storage for the journals of one check. Each check needs a new store; the code that made the store cleans it up. */
export interface JournalStore {
  /**
   * Opens the journal of the store. It is empty the first time. Once it was closed, the next call opens it again with all
   * stored entries.
   */
  open(): Promise<Journal>
  /** Opens a new journal that is not in the store. */
  openOther(): Promise<Journal>
  /**
   * The games are in partitions. All followers see the entries of one partition in the same order; followers may see the
   * entries of different partitions interleaved differently.
   */
  readonly isPartitioned?: boolean
  /**
   * Simulates a crash of the process at this moment: the next `open` finds what such a crash would have left.
   * Required for engines with a durability above 'memory'.
   */
  crash?(): Promise<void>
}

export interface Check {
  readonly title: string
  /** The check applies only to engines with a durability above 'memory'. */
  readonly durable: boolean
  /** Rejects if the engine violates the contract; the message says what was expected. */
  run(store: JournalStore): Promise<void>
}
