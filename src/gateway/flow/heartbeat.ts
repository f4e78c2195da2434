/** The beat of one connection: a sign of life every `heartbeatMs`, and the end of one whose other side has fallen silent. */
import type { Timer } from '../../base/index.ts'
import type { Shared } from '../shared.ts'

/** Whose heart beats. */
export interface HeartbeatTarget {
  /** Sends a sign of life. */
  beat(): void
  /** Whether silence means that the other side is gone: it owes signs of life, and what it sends is read. */
  isOwed(): boolean
  /** The other side owes signs of life and was silent for two beats. */
  lose(): void
}

/**
 * Beats whatever else is sent: that costs a few bytes. To leave out a beat after other traffic makes a silence of nearly
 * two beats, and a client that counts beats drops a healthy connection.
 */
export class Heartbeat {
  readonly #shared: Shared
  readonly #living: HeartbeatTarget
  #heardAt: number
  #saidAt: number
  #isSuspect = false
  #timer: Timer

  constructor(shared: Shared, living: HeartbeatTarget) {
    this.#shared = shared
    this.#living = living
    this.#heardAt = this.#saidAt = shared.clock.now()
    this.#timer = this.#wind()
  }

  /** The other side has sent something. */
  heard(): void {
    this.#heardAt = this.#shared.wheel.now
  }

  end(): void {
    this.#timer.cancel()
  }

  readonly #turn = (): void => {
    const { clock, limits } = this.#shared
    const living = this.#living
    const now = clock.now()
    const isSilent = now - this.#heardAt >= 2 * limits.heartbeatMs && living.isOwed()
    if (isSilent && this.#isSuspect) return living.lose()
    // A process that was stopped finds its timers due before it reads what arrived meanwhile: it reads first.
    this.#isSuspect = isSilent
    if (now - this.#saidAt >= limits.heartbeatMs) {
      this.#saidAt = now
      living.beat()
    }
    this.#timer = this.#wind()
  }

  /** Until the next beat, or until the silence is one of two beats, if that is sooner; a suspect has one tick. */
  #wind(): Timer {
    const { clock, wheel, limits } = this.#shared
    if (this.#isSuspect) return wheel.after(0, this.#turn)
    const now = clock.now()
    const next = this.#saidAt + limits.heartbeatMs - now
    const silent = this.#heardAt + 2 * limits.heartbeatMs - now
    return wheel.after(silent > 0 ? Math.min(next, silent) : next, this.#turn)
  }
}
