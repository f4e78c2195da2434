/**
 * Back-pressure on what one client sends. A few messages are handled at a time, then every other connection has its
 * turn. While a client does not read its answers, its requests are not read either.
 */
import type { Session } from '../../service/index.ts'
import type { FairScheduler } from './fair-scheduler.ts'

/** Messages of one connection that are handled before the others have their turn. */
const messagesPerTurn = 32

/** The connection whose messages are queued. */
export interface InboundSource {
  readonly session: Pick<Session, 'hear'>
  /** Stops reading the socket. Messages that were read already may still come. */
  pause(): void
  resume(): void
}

export class InboundQueue {
  readonly #scheduler: FairScheduler
  readonly #source: InboundSource
  /** Messages that were read; those from {@link #next} on wait. Bounded by what the socket had read before it was paused. */
  #arrived: string[] = []
  #next = 0
  /** Messages that may still be handled in turn {@link #turn}. */
  #budget = 0
  #turn = -1
  #isSlow = false
  #isScheduled = false
  #isOver = false
  #whenDrained: (() => void) | null = null

  constructor(scheduler: FairScheduler, source: InboundSource) {
    this.#scheduler = scheduler
    this.#source = source
  }

  take(message: string): void {
    if (this.#isOver) return
    const { turn } = this.#scheduler
    if (this.#turn !== turn) {
      this.#turn = turn
      this.#budget = messagesPerTurn
    }
    if (!this.#isWaiting && !this.#isSlow && this.#budget > 0) {
      this.#budget--
      return this.#source.session.hear(message, this.#scheduler.turnStartedAt)
    }
    if (this.#arrived.push(message) > 1) return
    this.#source.pause()
    this.#schedule()
  }

  /** The next message waits for a later turn. */
  endTurn(): void {
    this.#budget = 0
  }

  /** While the client reads slowly, nothing is handled. */
  setReaderSlow(isSlow: boolean): void {
    this.#isSlow = isSlow
    if (isSlow) this.#source.pause()
    else if (this.#isWaiting || this.#whenDrained !== null) this.#schedule()
    else this.#source.resume()
  }

  /** Calls back once everything taken so far has been handled; at once if nothing waits. */
  after(call: () => void): void {
    if (!this.#isWaiting) call()
    else this.#whenDrained = call
  }

  /** Drops what waits; nothing is handled any more. */
  end(): void {
    this.#isOver = true
    this.#forget()
    this.#whenDrained = null
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
    this.#budget = messagesPerTurn
    for (; this.#next < this.#arrived.length && this.#budget > 0 && !this.#isSlow && !this.#isOver; this.#budget--)
      this.#source.session.hear(this.#arrived[this.#next++] ?? '', this.#scheduler.turnStartedAt)
    if (this.#isOver) return
    if (this.#next === this.#arrived.length) this.#forget()
    if (this.#isSlow) return
    if (this.#isWaiting) return this.#schedule()
    this.#whenDrained?.()
    this.#whenDrained = null
    if (!this.#isOver) this.#source.resume()
  }
}
