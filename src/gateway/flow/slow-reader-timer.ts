/** How long a reader may stay slow. */
import type { Timer } from '../../base/index.ts'
import { errorRow } from '../../protocol/index.ts'
import type { Protocol } from '../../service/index.ts'
import type { Shared } from '../shared.ts'

/** Whose reader may be slow. */
export interface SlowReader {
  readonly protocol: Protocol
  /** Is to end the connection, with this code where the protocol has a way to say one. */
  cutOff(code: number): void
}

type SlowReaderShared = Pick<Shared, 'limits' | 'log' | 'meter' | 'wheel'>

export class SlowReaderTimer {
  readonly #shared: SlowReaderShared
  readonly #reader: SlowReader
  #timer: Timer | null = null

  constructor(shared: SlowReaderShared, reader: SlowReader) {
    this.#shared = shared
    this.#reader = reader
  }

  begin(): void {
    this.end()
    const { wheel, limits } = this.#shared
    this.#timer = wheel.after(limits.slowReaderMs, () => this.lose())
  }

  /** Ends the connection now. */
  lose(): void {
    this.end()
    const { meter, log } = this.#shared
    const { code } = errorRow('too-slow')
    meter.count('slow_readers_total')
    log.info({ protocol: this.#reader.protocol, code }, 'slow reader disconnected')
    this.#reader.cutOff(code)
  }

  end(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
