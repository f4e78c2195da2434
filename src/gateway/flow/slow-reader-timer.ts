/** Disconnects a reader that stays slow for `slowReaderMs`. */
import type { Log, Timer } from '../../base/index.ts'
import { errorRow, type Limits } from '../../protocol/index.ts'
import type { Meter, Protocol } from '../../service/index.ts'
import type { TimerWheel } from './timer-wheel.ts'

/** A connection whose reader may be slow. */
export interface SlowReader {
  readonly protocol: Protocol
  /** Closes the connection; sends `code` if the protocol has close codes. */
  cutOff(code: number): void
}

export interface SlowReaderShared {
  readonly limits: Limits
  readonly log: Log
  readonly meter: Meter
  readonly wheel: TimerWheel
}

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
