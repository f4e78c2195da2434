/** The messages between the main thread and the catalog's thread. Each question gets one answer, in order. */
import type { Status } from '../../protocol/index.ts'

/** Asks for rows that follow a place in the list. */
export interface GamesAsked {
  readonly account: string
  /** Absent: every status. */
  readonly status?: Status
  readonly at: number
  readonly game: string
  readonly limit: number
}

/** The main thread's first message, when the catalog's thread may touch the file; its answer is the {@link CatalogOpening}. */
export interface Begin {
  readonly type: 'begin'
}

export type CatalogQuestion =
  | { readonly type: 'mark' }
  /** `rows`: each a summary as JSON, which costs the main thread less than a structured clone; the mark is JSON too. */
  | { readonly type: 'put'; readonly rows: readonly string[]; readonly mark: string }
  | { readonly type: 'clear' }
  | ({ readonly type: 'games' } & GamesAsked)
  /** Live games with a clock, sorted by id, whose ids follow `after`. */
  | { readonly type: 'clocked'; readonly after: string; readonly limit: number }
  | { readonly type: 'close' }

export type CatalogAnswer =
  | { readonly type: 'mark'; readonly mark: string | null }
  | { readonly type: 'done' }
  | { readonly type: 'games'; readonly summaries: readonly string[] }
  | Failed

export interface Failed {
  readonly type: 'failed'
  readonly fault: 'unavailable' | 'storage-full'
  readonly message: string
  readonly cause: unknown
  /** Every later question gets this answer too. */
  readonly isLost: boolean
}

/** The first answer. `lost`: why an older file was deleted. */
export type CatalogOpening = { readonly type: 'opened'; readonly lost?: string } | Failed
