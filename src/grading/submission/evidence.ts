/** Records every byte that a check sends and receives, with times, as evidence for a report. */
import { holdingClock } from '../../base/index.ts'

export interface Exchange {
  /** Ms since the check began. */
  readonly atMs: number
  /** The connection: `X`, `O`, `both`, `1`, `2` … */
  readonly connection: string
  readonly what: 'opened' | 'sent' | 'received' | 'closed' | 'note'
  readonly bytes: Uint8Array
}

/** The number of exchanges and bytes that are kept, from the end: what led to the failure. */
const exchangesMax = 60
const bytesMax = 2_048

export class CheckEvidence {
  readonly #began = holdingClock.now()
  #exchanges: Exchange[] = []

  add(connection: string, what: Exchange['what'], bytes: Uint8Array = new Uint8Array()): void {
    // A copy: a part of a buffer would keep all of it.
    const kept = Uint8Array.from(bytes.subarray(0, bytesMax))
    this.#exchanges.push({ atMs: holdingClock.now() - this.#began, connection, what, bytes: kept })
    if (this.#exchanges.length > 4 * exchangesMax) this.#exchanges = this.#exchanges.slice(-exchangesMax)
  }

  note(text: string): void {
    this.add('', 'note', new TextEncoder().encode(text))
  }

  get exchanges(): readonly Exchange[] {
    return this.#exchanges.slice(-exchangesMax)
  }
}
