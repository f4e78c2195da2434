/** What the fault proxy does to a conversation. Shares are of all messages, from 0 (never) to 1 (always). */

/** Toward the server, or back from it. */
export type Direction = 'up' | 'down'

export interface ChaosPlan {
  /** The same seed and the same messages meet the same faults. */
  readonly seed: number
  /** How long each message is under way, drawn evenly; both ends included. Messages keep their order. */
  readonly delayMs: { readonly least: number; readonly most: number }
  /** Messages that let the one behind them go first. */
  readonly reorder: number
  /** Messages that arrive twice. */
  readonly duplicate: number
  /** Messages in the middle of which, at a byte that is drawn, the connection ends. */
  readonly cut: number
  /** The first connection ends when this many bytes have gone that way; those after it live. */
  readonly cutAt: { readonly direction: Direction; readonly bytes: number } | null
  /** How many bytes a second go each way of a connection; null: as many as there are. */
  readonly bytesPerSecond: number | null
}

/** Passes everything on as it comes. */
export const calm: ChaosPlan = {
  seed: 1,
  delayMs: { least: 0, most: 0 },
  reorder: 0,
  duplicate: 0,
  cut: 0,
  cutAt: null,
  bytesPerSecond: null,
}
