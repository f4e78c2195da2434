/**
 * Fair turns of the event loop for connections: for their messages (`inbound-queue.ts`), for large chunks (`portions.ts`) and
 * for HTTP requests (`http/requests/`).
 */
import type { Clock } from '../../base/index.ts'

/** Backlogged connections served in one turn of the event loop: about 1 ms of work. */
const connectionsPerTurn = 8

/** Serves backlogged connections first come, first served, a few in each turn of the event loop. */
export class FairScheduler {
  #waiting: (() => void)[] = []
  #turn = 0
  #isCounting = false
  #beganAt = 0
  readonly #clock: Pick<Clock, 'now'>
  /** Connections that were served without waiting in this turn. */
  #entered = { turn: 0, count: 0 }

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** The number of the current turn of the event loop. Turns are counted only while this is called. */
  get turn(): number {
    if (!this.#isCounting) {
      this.#isCounting = true
      this.#beganAt = this.#clock.now()
      setImmediate(this.#count)
    }
    return this.#turn
  }

  /** Monotonic time at which {@link turn} was first read in this turn: every message handled in the turn had arrived by then. */
  get turnStartedAt(): number {
    return this.#beganAt
  }

  /** Calls back at once if nobody waits and few were served in this turn; otherwise in a later turn. */
  enter(serve: () => void): void {
    const { turn } = this
    if (this.#entered.turn !== turn) this.#entered = { turn, count: 0 }
    if (this.#waiting.length > 0 || this.#entered.count >= connectionsPerTurn) return this.wait(serve)
    this.#entered.count++
    serve()
  }

  /** Calls back in a later turn. */
  wait(serve: () => void): void {
    if (this.#waiting.push(serve) === 1) setImmediate(this.#serveNext)
  }

  readonly #count = (): void => {
    this.#isCounting = false
    this.#turn++
  }

  readonly #serveNext = (): void => {
    const next = this.#waiting.slice(0, connectionsPerTurn)
    this.#waiting = this.#waiting.slice(connectionsPerTurn)
    if (this.#waiting.length > 0) setImmediate(this.#serveNext)
    for (const serve of next) serve()
  }
}
