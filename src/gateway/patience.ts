/** How long a reader may stay slow. */
import type { Timer } from '../base/index.ts'
import { errorRow } from '../protocol/index.ts'
import type { Door } from '../service/index.ts'
import type { Shared } from './shared.ts'

export class Patience {
  readonly #shared: Shared
  readonly #door: Door
  readonly #giveUp: (code: number) => void
  #timer: Timer | null = null

  /** `giveUp` is to end the connection, with this code where the door has a way to say one. */
  constructor(shared: Shared, door: Door, giveUp: (code: number) => void) {
    this.#shared = shared
    this.#door = door
    this.#giveUp = giveUp
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
    log.info({ door: this.#door, code }, 'slow reader disconnected')
    this.#giveUp(code)
  }

  end(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
