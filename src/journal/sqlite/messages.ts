/** What the loop and the writer's thread say to each other. Columns instead of rows: they clone fastest. */
import type { Durability, GameId, JournalFaultName, Version } from '../journal.ts'

export interface WriterOptions {
  readonly file: string
  readonly durability: Durability
}

/** Appends to be made durable together; one index is one append. */
export interface Batch {
  readonly games: readonly GameId[]
  readonly afters: readonly Version[]
  readonly bodies: readonly string[]
  /** Whether somebody will want the chains. */
  readonly followed: boolean
}

export type ToWriter =
  | { readonly type: 'commit'; readonly batch: Batch }
  /** A game that an inspection has found and its index does not: it must not begin once more. */
  | { readonly type: 'refuse'; readonly game: GameId }
  | { readonly type: 'close' }

/** The batch is durable: all of it but `conflicts`, in order, from the position behind the last one. */
export interface Committed {
  readonly type: 'committed'
  /** Indices of the appends that were not stored, ascending. */
  readonly conflicts: readonly number[]
  /** Those of them, with why, whose games contradict themselves. */
  readonly damages: readonly (readonly [index: number, why: string])[]
  /** Of the stored appends, one behind the other; empty unless the batch was followed. */
  readonly chains: string
}

/** Nothing of the batch was stored, for certain; the next may be. */
export interface Refused {
  readonly type: 'refused'
  readonly fault: 'storage-full' | 'unavailable'
  readonly message: string
  readonly cause: unknown
}

/** Whether the batch was stored is not known, and the writer takes no more. */
interface Failed {
  readonly type: 'failed'
  readonly cause: unknown
}

/** The first message. */
export type Opening =
  /** `wasKilled`: whoever had the file before did not close it. */
  | { readonly type: 'opened'; readonly wasKilled: boolean }
  | { readonly type: 'not-opened'; readonly fault: JournalFaultName; readonly message: string; readonly cause: unknown }

/** The answer to a batch. */
export type Answer = Committed | Refused | Failed
