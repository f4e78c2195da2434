/** What every journal must do, as checks that run under any test runner against any engine. */
import { appendChecks } from './contract/append.ts'
import { durableChecks } from './contract/durable.ts'
import { followChecks } from './contract/follow.ts'
import { idChecks } from './contract/id.ts'
import { listenChecks } from './contract/listen.ts'
import type { Journal } from './journal.ts'

/** Where the journals of one check live. Every check needs a fresh one; whoever made it tidies it away. */
export interface JournalStore {
  /** Opens the store: empty the first time, and with what was stored once the journal opened before is closed. */
  open(): Promise<Journal>
  /** A new journal that is none of the store's. */
  openOther(): Promise<Journal>
  /** Its games are in partitions: each has one order for everybody, and different games may be heard in another. */
  readonly isPartitioned?: boolean
  /**
   * Ends the store's process as of now, as far as the next `open` can tell: it finds what such a crash would have left.
   * Needed for engines of a durability above 'memory'.
   */
  crash?(): Promise<void>
}

export interface Check {
  readonly title: string
  /** Only for engines of a durability above 'memory'. */
  readonly durable: boolean
  /** Rejects, saying what was expected, if the engine is wrong. */
  run(store: JournalStore): Promise<void>
}

export const journalContract: readonly Check[] = [
  ...idChecks,
  ...appendChecks,
  ...followChecks,
  ...listenChecks,
  ...durableChecks,
]
