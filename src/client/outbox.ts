/** What was asked and not answered: sent when a connection is there, repeated until the answer is known. */
import { BoundedQueue, type Clock, type Random, type Timer } from '../base/index.ts'
import { makeRequest } from '../protocol/message.ts'
import { backoffMs } from './backoff.ts'
import type { WireError } from './incoming.ts'
import { askedMax, inFlightMax, refusedMsMax } from './limits.ts'
import { OxoError } from './oxo-error.ts'
import { isDecided, type Repeat } from './repeat.ts'

export interface Ask {
  readonly method: string
  readonly params: object
  readonly repeat: Repeat
  /** Ends the asking. */
  readonly signal?: AbortSignal | undefined
  resolve(result: unknown): void
  /** With an OxoError, or with the reason of the signal. */
  reject(error: unknown): void
}

interface Asked extends Ask {
  readonly id: number
  /** Identical each time it is sent. */
  readonly text: string
  readonly giveUpAt: number
  /** It was sent before and not answered, or its outcome was unknown. What a repeat is told does not change that. */
  mayBeDone: boolean
  readonly abort: () => void
  /** How often the server has said: the same again, later. */
  refusals: number
  /** It waits to be sent again on this connection. */
  pause: Timer | null
}

export class Outbox {
  readonly #clock: Clock
  readonly #random: Random
  readonly #giveUpMs: number
  /** In the order of asking. */
  readonly #asked = new Map<number, Asked>()
  /** What is to be sent on this connection, in this order. */
  #queue = new BoundedQueue<Asked>(askedMax)
  /** Requests that the server has and has not answered, on this connection. */
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

  /** A connection is there: everything unanswered goes out, in the order of asking. */
  open(send: (message: string) => void): void {
    this.#send = send
    this.#inFlight.clear()
    this.#queue = new BoundedQueue(askedMax)
    for (const asked of this.#asked.values()) this.#transmit(asked)
  }

  /** What is asked from now on waits for the next connection; answers may still come on this one. */
  hold(): void {
    this.#send = null
  }

  /** The connection is gone, and with it the answers under way. */
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
    // The server could not read the id: an answer to nothing.
    if (typeof id !== 'number') return
    // Heard twice it makes no room for a second one.
    this.#inFlight.delete(id)
    this.#settle(this.#asked.get(id), answer)
    this.#pump()
  }

  /** Rejects what was decided on games that are not there any more. What else is unanswered is asked of those that are. */
  forget(error: OxoError): void {
    for (const asked of this.#asked.values()) {
      if (!isDecided(asked.method, asked.params)) continue
      asked.pause?.cancel()
      this.#drop(asked, error)
    }
  }

  /** Rejects what is unanswered, and all that will be asked. */
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
      // It was given up while it waited.
      if (!this.#asked.has(asked.id)) continue
      this.#inFlight.add(asked.id)
      this.#send(asked.text)
    }
  }

  #settle(asked: Asked | undefined, answer: { readonly result: unknown } | { readonly error: WireError }): void {
    // An answer to what was given up says nothing new.
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

  /** Whether it changes something, and nobody has said that it did not. */
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
      // Those asked later are given up later.
      if (asked.giveUpAt > now) return this.#watch(asked.giveUpAt)
      asked.pause?.cancel()
      const why = `no answer within ${this.#giveUpMs} ms`
      this.#drop(asked, this.#isUnknown(asked) ? makeUnknown(why) : new OxoError('unavailable', why))
    }
  }
}

/** Nobody here knows whether it was done: whoever asked has to look. */
function makeUnknown(why: string): OxoError {
  return new OxoError('outcome-unknown', `${why}; whether it was done is unknown`, { retry: 'refresh' })
}
