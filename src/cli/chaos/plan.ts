/** The faults that the proxy injects. A share is a fraction of all messages, from 0 (never) to 1 (always). */

/** up: to the server; down: from the server. */
export type Direction = 'up' | 'down'

export interface ChaosPlan {
  /** The same seed and the same messages give the same faults. */
  readonly seed: number
  /** The delay of each message in ms, uniform between both bounds, inclusive. Messages keep their order. */
  readonly delayMs: { readonly least: number; readonly most: number }
  /** Share of messages that are forwarded after their successor. */
  readonly reorder: number
  /** Share of messages that arrive twice. */
  readonly duplicate: number
  /** Share of messages within which the connection ends, at a random byte. */
  readonly cut: number
  /**
   * The first connection ends after this many bytes in this direction; later ones are not affected. Null: no such cut.
   */
  readonly cutAt: { readonly direction: Direction; readonly bytes: number } | null
  /** Bandwidth per direction of a connection, in bytes per second; null: unlimited. */
  readonly bytesPerSecond: number | null
}

/** The flags of `oxo chaos`: a plan, and where to listen and forward to. */
export interface ChaosSettings extends Omit<ChaosPlan, 'delayMs' | 'bytesPerSecond'> {
  readonly listen: number
  readonly host: string
  readonly to: { readonly host: string; readonly port: number }
  readonly delay: ChaosPlan['delayMs']
  readonly throttle: ChaosPlan['bytesPerSecond']
  readonly quiet?: boolean
}

/** A plan without faults. */
export const calm: ChaosPlan = {
  seed: 1,
  delayMs: { least: 0, most: 0 },
  reorder: 0,
  duplicate: 0,
  cut: 0,
  cutAt: null,
  bytesPerSecond: null,
}
