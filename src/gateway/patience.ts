/** How long a reader may stay slow. */
import type { Timer } from '../base/index.ts'
import { errorRow } from '../protocol/index.ts'
import type { Door } from '../service/index.ts'
import type { Shared } from './shared.ts'

/** Whose reader may be slow. */
export interface Patient {
  readonly door: Door
  /** Is to end the connection, with this code where the door has a way to say one. */
  cutOff(code: number): void
}

type PatienceShared = Pick<Shared, 'limits' | 'log' | 'meter' | 'wheel'>

export class Patience {
  readonly #shared: PatienceShared
  readonly #patient: Patient
  #timer: Timer | null = null

  constructor(shared: PatienceShared, patient: Patient) {
    this.#shared = shared
    this.#patient = patient
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
    log.info({ door: this.#patient.door, code }, 'slow reader disconnected')
    this.#patient.cutOff(code)
  }

  end(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
