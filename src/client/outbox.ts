/** The unanswered requests: sent when a connection is open, repeated until the answer is known. */
import { BoundedQueue, type Clock, type Random, type Timer } from '../base/index.ts'
import { makeRequest } from '../protocol/index.ts'
import { backoffMs } from './backoff.ts'
import type { WireError } from './incoming.ts'
import { askedMax, inFlightMax, refusedMsMax } from './limits.ts'
import { OxoError } from './oxo-error.ts'
import { isDecided, type Repeat } from './repeat.ts'

export interface Ask {
  readonly method: string
  readonly params: object
  readonly repeat: Repeat
  /** When it aborts, the request is abandoned. */
  readonly signal?: AbortSignal | undefined
  resolve(result: unknown): void
  /** Called with an OxoError, or with the reason of the signal. */
  reject(error: unknown): void
}

interface Asked extends Ask {
  readonly id: number
  /** The message; every repeat sends the same text. */
  readonly text: string
  readonly giveUpAt: number
  /**
   * An earlier attempt was sent without an answer, or ended with `outcome-unknown`. A refused repeat does not reset
   * this.
   */
  mayBeDone: boolean
  readonly abort: () => void
  /** How often the server has refused it with `retry: 'same'`. */
  refusals: number
  /** Set while it waits to be sent again on this connection. */
  pause: Timer | null
}

export class RequestOutbox {
  readonly #clock: Clock
  readonly #random: Random
  readonly #giveUpMs: number
  /** By id, oldest first. */
  readonly #asked = new Map<number, Asked>()
  /** Requests to be sent on this connection, in order. */
  #queue = new BoundedQueue<Asked>(askedMax)
  /** The ids of requests that were sent on this connection and are not answered. */
  readonly #inFlight = new Set<number>()
  #lastId = 0
  #send: ((message: string) => void) | null = null
  #giveUp: Timer | null = null
  #end: OxoError | null = null

  constructor(clock: Clock, random: Random, giveUpMs: number) {
    this.#clock = clock
    this.#random = random
    this.#giveUpMs = giveUpMs
  }

  ask(ask: Ask): void {
    const { signal } = ask
    if (signal?.aborted === true) return ask.reject(signal.reason)
    if (this.#end !== null) return ask.reject(this.#end)
    if (this.#asked.size >= askedMax) return ask.reject(new OxoError('too-many', `${askedMax} requests are unanswered`))
    const id = ++this.#lastId
    const text = makeRequest(id, ask.method, ask.params)
    const giveUpAt = ask.repeat === 'connection' ? Infinity : this.#clock.now() + this.#giveUpMs
    const abort = (): void => {
      asked.pause?.cancel()
      this.#drop(asked, signal?.reason)
    }
    const asked: Asked = { ...ask, id, text, giveUpAt, abort, mayBeDone: false, refusals: 0, pause: null }
    signal?.addEventListener('abort', abort)
    this.#asked.set(id, asked)
    this.#transmit(asked)
    if (this.#giveUp === null && giveUpAt < Infinity) this.#watch(giveUpAt)
  }

  /** A connection is open: sends every unanswered request, oldest first. */
  open(send: (message: string) => void): void {
    this.#send = send
    this.#inFlight.clear()
    this.#queue = new BoundedQueue(askedMax)
    for (const asked of this.#asked.values()) this.#transmit(asked)
  }

  /** Requests from now on wait for the next connection; this one may still bring answers. */
  hold(): void {
    this.#send = null
  }

  /** The connection is lost, together with all answers in flight. */
  cut(): void {
    this.#send = null
    for (const asked of this.#asked.values()) {
      asked.pause?.cancel()
      asked.pause = null
      if (this.#inFlight.has(asked.id)) asked.mayBeDone = true
      if (asked.repeat === 'connection') this.#leave(asked)
      if (asked.repeat === 'once' && asked.mayBeDone) this.#drop(asked, makeUnknown('the connection was lost'))
    }
  }

  answer(id: unknown, answer: { readonly result: unknown } | { readonly error: WireError }): void {
    // A null id: the server could not parse the request, so the answer belongs to none.
    if (typeof id !== 'number') return
    // A set, not a counter: a duplicate answer must not free another slot.
    this.#inFlight.delete(id)
    this.#settle(this.#asked.get(id), answer)
    this.#pump()
  }

  /** Rejects the commands that were decided on a history that is gone. Other requests are sent to the new history. */
  forget(error: OxoError): void {
    for (const asked of this.#asked.values()) {
      if (!isDecided(asked.method, asked.params)) continue
      asked.pause?.cancel()
      this.#drop(asked, error)
    }
  }

  /** Rejects all unanswered requests, and every later one. */
  close(error: OxoError): void {
    this.#end = error
    this.#send = null
    this.#giveUp?.cancel()
    for (const asked of this.#asked.values()) {
      asked.pause?.cancel()
      this.#drop(asked, this.#isUnknown(asked) ? makeUnknown(error.message) : error)
    }
  }

  #transmit(asked: Asked): void {
    asked.pause = null
    if (this.#send === null) return
    this.#queue.push(asked)
    this.#pump()
  }

  #pump(): void {
    while (this.#send !== null && this.#inFlight.size < inFlightMax) {
      const asked = this.#queue.shift()
      if (asked === undefined) return
      // Given up or aborted while it was queued.
      if (!this.#asked.has(asked.id)) continue
      this.#inFlight.add(asked.id)
      this.#send(asked.text)
    }
  }

  #settle(asked: Asked | undefined, answer: { readonly result: unknown } | { readonly error: WireError }): void {
    // The request was given up or aborted.
    if (asked === undefined) return
    if ('error' in answer) return this.#refuse(asked, OxoError.parse(answer.error))
    this.#leave(asked)
    asked.resolve(answer.result)
  }

  #refuse(asked: Asked, error: OxoError): void {
    if (error.name === 'outcome-unknown') asked.mayBeDone = true
    if (error.retry !== 'same' || (asked.repeat === 'once' && asked.mayBeDone)) return this.#drop(asked, error)
    const delay = (error.detail.retryAfterMs ?? 0) + backoffMs(asked.refusals++, this.#random, refusedMsMax)
    asked.pause = this.#clock.after(delay, () => this.#transmit(asked))
  }

  #drop(asked: Asked, error: unknown): void {
    this.#leave(asked)
    asked.reject(error)
  }

  #leave({ id, signal, abort }: Asked): void {
    this.#asked.delete(id)
    signal?.removeEventListener('abort', abort)
  }

  /** Whether the request changes state and may have been executed. */
  #isUnknown({ id, repeat, mayBeDone }: Asked): boolean {
    return (mayBeDone || this.#inFlight.has(id)) && (repeat === 'command' || repeat === 'once')
  }

  #watch(at: number): void {
    this.#giveUp = this.#clock.after(at - this.#clock.now(), () => this.#giveUpOld())
  }

  #giveUpOld(): void {
    this.#giveUp = null
    const now = this.#clock.now()
    for (const asked of this.#asked.values()) {
      if (asked.giveUpAt === Infinity) continue
      // The map is in the order of requests, so all later ones expire later.
      if (asked.giveUpAt > now) return this.#watch(asked.giveUpAt)
      asked.pause?.cancel()
      const why = `no answer within ${this.#giveUpMs} ms`
      this.#drop(asked, this.#isUnknown(asked) ? makeUnknown(why) : new OxoError('unavailable', why))
    }
  }
}

/** The client cannot know whether the request was executed: the caller has to read the state. */
function makeUnknown(why: string): OxoError {
  const message = `${why}; the request may or may not have been executed: read the game to find out`
  return new OxoError('outcome-unknown', message, { retry: 'refresh' })
}
