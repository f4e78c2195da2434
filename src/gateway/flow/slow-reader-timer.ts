/** Disconnects a reader that stays slow for `slowReaderMs`. */
import type { Timer } from '../../base/index.ts'
import { errorRow } from '../../protocol/index.ts'
import type { Protocol } from '../../service/index.ts'
import type { GatewayContext } from '../shared.ts'

/** A connection whose reader may be slow. */
export interface SlowReader {
  readonly protocol: Protocol
  /** Closes the connection; sends `code` if the protocol has close codes. */
  cutOff(code: number): void
}

type SlowReaderShared = Pick<GatewayContext, 'limits' | 'log' | 'meter' | 'wheel'>

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
