/** What the loop and the catalog's thread say to each other. Each question gets one answer, in order. */
import type { Status } from '../../protocol/index.ts'

/** Rows behind a place: later ones come first. */
export interface GamesAsked {
  readonly account: string
  /** Absent: all. */
  readonly status?: Status
  readonly at: number
  readonly game: string
  readonly limit: number
}

/** What the loop says first, when the thread may touch the file; the answer is the {@link Opening}. */
export interface Begin {
  readonly type: 'begin'
}

export type Question =
  | { readonly type: 'mark' }
  /** `rows`: each a summary as JSON, which costs the loop less than a clone; so is the mark. */
  | { readonly type: 'put'; readonly rows: readonly string[]; readonly mark: string }
  | { readonly type: 'clear' }
  | ({ readonly type: 'games' } & GamesAsked)
  /** Live games with a clock, by id, those behind `after`. */
  | { readonly type: 'clocked'; readonly after: string; readonly limit: number }
  | { readonly type: 'close' }

export type Answer =
  | { readonly type: 'mark'; readonly mark: string | null }
  | { readonly type: 'done' }
  | { readonly type: 'games'; readonly summaries: readonly string[] }
  | Failed

export interface Failed {
  readonly type: 'failed'
  readonly fault: 'unavailable' | 'storage-full'
  readonly message: string
  readonly cause: unknown
  /** Nothing else will be answered. */
  readonly isLost: boolean
}

/** The first answer. `lost`: why an older file was thrown away. */
export type Opening = { readonly type: 'opened'; readonly lost?: string } | Failed
