/**
 * Back-pressure on what one connection sends. A few messages are handled at a time, then every other connection has its
 * turn. While a client does not read its answers, its requests are not read either.
 */
import type { Clock } from '../../base/index.ts'

/** Messages of one connection that are handled before the others have their turn. */
const messagesPerTurn = 32
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

  /** Monotonic time of the first {@link turn} in this turn: every message handled in the turn had arrived by then. */
  get beganAt(): number {
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

/** The connection that an inbound queue serves. */
export interface InboundHandler {
  handle(message: string): void
  /** Stops reading the socket. Messages that were read already may still come. */
  pause(): void
  resume(): void
}

export class InboundQueue {
  readonly #scheduler: FairScheduler
  readonly #handler: InboundHandler
  /** Messages that were read; those from {@link #next} on wait. Bounded by what the socket had read before it was paused. */
  #arrived: string[] = []
  #next = 0
  /** Messages that may still be handled in turn {@link #turn}. */
  #left = 0
  #turn = -1
  #isSlow = false
  #isScheduled = false
  #isOver = false
  #afterwards: (() => void) | null = null

  constructor(scheduler: FairScheduler, handler: InboundHandler) {
    this.#scheduler = scheduler
    this.#handler = handler
  }

  take(message: string): void {
    if (this.#isOver) return
    const { turn } = this.#scheduler
    if (this.#turn !== turn) {
      this.#turn = turn
      this.#left = messagesPerTurn
    }
    if (!this.#isWaiting && !this.#isSlow && this.#left > 0) {
      this.#left--
      return this.#handler.handle(message)
    }
    if (this.#arrived.push(message) > 1) return
    this.#handler.pause()
    this.#schedule()
  }

  /** The next message waits for a later turn. */
  yield(): void {
    this.#left = 0
  }

  /** While the client reads slowly, nothing is handled. */
  slow(isSlow: boolean): void {
    this.#isSlow = isSlow
    if (isSlow) this.#handler.pause()
    else if (this.#isWaiting || this.#afterwards !== null) this.#schedule()
    else this.#handler.resume()
  }

  /** Calls back once everything taken so far has been handled; at once if nothing waits. */
  after(call: () => void): void {
    if (!this.#isWaiting) call()
    else this.#afterwards = call
  }

  /** Drops what waits; nothing is handled any more. */
  end(): void {
    this.#isOver = true
    this.#forget()
    this.#afterwards = null
  }

  get #isWaiting(): boolean {
    return this.#arrived.length > 0
  }

  #forget(): void {
    this.#arrived = []
    this.#next = 0
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#scheduler.wait(() => this.#continue())
  }

  #continue(): void {
    this.#isScheduled = false
    if (this.#isSlow || this.#isOver) return
    this.#turn = this.#scheduler.turn
    this.#left = messagesPerTurn
    for (; this.#next < this.#arrived.length && this.#left > 0 && !this.#isSlow && !this.#isOver; this.#left--)
      this.#handler.handle(this.#arrived[this.#next++] ?? '')
    if (this.#isOver) return
    if (this.#next === this.#arrived.length) this.#forget()
    if (this.#isSlow) return
    if (this.#isWaiting) return this.#schedule()
    this.#afterwards?.()
    this.#afterwards = null
    if (!this.#isOver) this.#handler.resume()
  }
}
