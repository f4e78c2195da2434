/** The messages between the main thread and the writer's thread. Columns instead of rows, because these are cloned fastest. */
import type { Durability, GameId, Version } from '../journal.ts'

export interface SqliteWriterOptions {
  readonly file: string
  readonly durability: Durability
}

/** Appends to be made durable together. The same index in each column is one append. */
export interface AppendBatch {
  readonly games: readonly GameId[]
  readonly afters: readonly Version[]
  readonly bodies: readonly string[]
  /** Whether the answer must contain the chains, because there are followers or listeners. */
  readonly followed: boolean
}

/** The batch is durable, except `conflicts`. The stored appends have consecutive positions, in order, after the last entry. */
export interface Committed {
  readonly type: 'committed'
  /** Indices of the appends that were not stored, ascending. */
  readonly conflicts: readonly number[]
  /** The conflicts whose games are damaged, with the reason. */
  readonly damages: readonly (readonly [index: number, why: string])[]
  /** The chains of the stored appends, concatenated; empty unless the batch was `followed`. */
  readonly chains: string
}

/** Nothing of the batch was stored. The next batch may succeed. */
export interface Refused {
  readonly type: 'refused'
  readonly fault: 'storage-full' | 'unavailable'
  readonly message: string
  readonly cause: unknown
}
