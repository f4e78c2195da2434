/** The heartbeat of one connection: sends one every `heartbeatMs`, and closes the connection of a silent peer. */
import type { Timer } from '../../base/index.ts'
import type { GatewayContext } from '../shared.ts'

/** A connection with a heartbeat. */
export interface HeartbeatTarget {
  /** Sends a heartbeat. */
  beat(): void
  /** Whether silence means that the peer is gone: the peer sends heartbeats, and its socket is being read. */
  expectsTraffic(): boolean
  /** Called when the peer owed heartbeats and was silent for two intervals; closes the connection. */
  peerIsGone(): void
}

type HeartbeatShared = Pick<GatewayContext, 'clock' | 'limits' | 'wheel'>

/**
 * Sends heartbeats regardless of other traffic; that costs a few bytes. Skipping one after other traffic would allow a
 * silence of nearly two intervals, after which a client would drop a healthy connection.
 */
export class Heartbeat {
  readonly #shared: HeartbeatShared
  readonly #target: HeartbeatTarget
  #receivedAt: number
  #sentAt: number
  #isSuspect = false
  #timer: Timer

  constructor(shared: HeartbeatShared, target: HeartbeatTarget) {
    this.#shared = shared
    this.#target = target
    this.#receivedAt = this.#sentAt = shared.clock.now()
    this.#timer = this.#schedule()
  }

  /** Records that the peer has sent something. */
  received(): void {
    this.#receivedAt = this.#shared.wheel.now
  }

  end(): void {
    this.#timer.cancel()
  }

  readonly #onTimer = (): void => {
    const { clock, limits } = this.#shared
    const target = this.#target
    const now = clock.now()
    const isSilent = now - this.#receivedAt >= 2 * limits.heartbeatMs && target.expectsTraffic()
    if (isSilent && this.#isSuspect) return target.peerIsGone()
    // After a process was suspended, its timers fire before it reads what arrived meanwhile. So a
    // silent peer gets one more interval, in which that data is read.
    this.#isSuspect = isSilent
    if (now - this.#sentAt >= limits.heartbeatMs) {
      this.#sentAt = now
      target.beat()
    }
    this.#timer = this.#schedule()
  }

  /** Sets the timer to the next heartbeat, or to the end of two silent intervals if that is sooner; a suspect peer gets one more tick. */
  #schedule(): Timer {
    const { clock, wheel, limits } = this.#shared
    if (this.#isSuspect) return wheel.after(0, this.#onTimer)
    const now = clock.now()
    const next = this.#sentAt + limits.heartbeatMs - now
    const silentIn = this.#receivedAt + 2 * limits.heartbeatMs - now
    return wheel.after(silentIn > 0 ? Math.min(next, silentIn) : next, this.#onTimer)
  }
}
