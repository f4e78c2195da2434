/**
 * Requests and their answers, all through one inbox: many can be under way, and one request may have many answers.
 * Nothing is sent while there is no connection, so that an answer 'unsent' is a promise.
 */
import { createInbox, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import type { Clock, Timer } from '../../base/index.ts'
import type { JournalFault } from '../journal.ts'
import { answerMsMax, leftoverMsMax } from './limits.ts'
import { subscribe } from './subscribe.ts'

/** How often what waits too long is looked for, and how much less it may have waited, in ms. */
const sweepMs = 250
const roundedMs = 20

/** What became of a request beside its answers. lost: it may have arrived, and no answer did. */
export type NoAnswer = 'unsent' | 'absent' | 'lost'

export interface PendingRequest {
  readonly subject: string
  readonly payload: string
  readonly headers?: MsgHdrs
  /** True when it was the last answer. */
  answer(message: Msg): boolean
  /** unsent: there is no connection. absent: nobody takes such requests now. Nothing follows. */
  silence(why: NoAnswer): void
}

interface Waiting {
  readonly request: PendingRequest
  since: number
}

export class Requests {
  readonly #connection: NatsConnection
  readonly #clock: Clock
  readonly #inbox = `${createInbox()}.`
  readonly #subscription: Subscription
  /** In the order of their last answer or their sending. */
  readonly #waiting = new Map<string, Waiting>()
  #number = 0
  #isConnected = true
  /** Looks for what waits too long; null while nothing waits. */
  #timer: Timer | null = null
  /** Looks again at what was asked just before an election. */
  #doubt: Timer | null = null
  #connected = Promise.withResolvers<void>()

  /** `fail`: no answer will be heard any more. */
  constructor(connection: NatsConnection, clock: Clock, fail: (fault: JournalFault) => void) {
    this.#connection = connection
    this.#clock = clock
    this.#subscription = subscribe(connection, `${this.#inbox}*`, (message) => this.#receive(message), fail)
    this.#connected.resolve()
  }

  /** Not either once the connection is closed for good, of which no other word comes. */
  get isConnected(): boolean {
    return this.#isConnected && !this.#connection.isClosed()
  }

  /** Resolves when there is a connection. */
  get connected(): Promise<void> {
    return this.#connected.promise
  }

  send(request: PendingRequest): void {
    if (!this.isConnected) return request.silence('unsent')
    const id = String(++this.#number)
    this.#waiting.set(id, { request, since: this.#clock.now() })
    this.#timer ??= this.#sweepLater()
    const { subject, payload, headers } = request
    this.#connection.publish(subject, Buffer.from(payload), {
      reply: this.#inbox + id,
      ...(headers === undefined ? {} : { headers }),
    })
  }

  /** Nobody answers this. Nothing while there is no connection. */
  say(subject: string, payload: string, headers: MsgHdrs): void {
    if (this.isConnected) this.#connection.publish(subject, Buffer.from(payload), { headers })
  }

  /** One request with one answer. */
  ask(subject: string, payload: string): Promise<Msg | NoAnswer> {
    return new Promise((resolve) => {
      const answer = (message: Msg): true => {
        resolve(message)
        return true
      }
      this.send({ subject, payload, answer, silence: resolve })
    })
  }

  /** The connection is gone: whatever was under way is lost. */
  disconnect(): void {
    if (!this.#isConnected) return
    this.#isConnected = false
    this.#connected = Promise.withResolvers<void>()
    this.#lose([...this.#waiting.keys()])
  }

  reconnect(): void {
    this.#isConnected = true
    this.#connected.resolve()
  }

  /** Another server leads: what was asked before is answered by it within {@link leftoverMsMax}, or never. */
  doubt(): void {
    const elected = this.#clock.now()
    this.#loseOlder(leftoverMsMax)
    this.#doubt?.cancel()
    this.#doubt = this.#clock.after(leftoverMsMax, () => this.#loseOlder(this.#clock.now() - elected))
  }

  close(): void {
    this.#timer?.cancel()
    this.#doubt?.cancel()
    this.#subscription.unsubscribe()
    this.#isConnected = false
    this.#connected.resolve()
    this.#lose([...this.#waiting.keys()])
  }

  #receive(message: Msg): void {
    const id = message.subject.slice(this.#inbox.length)
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    if (message.data.length === 0 && message.headers?.code === 503) return waiting.request.silence('absent')
    if (waiting.request.answer(message)) return
    waiting.since = this.#clock.now()
    this.#waiting.set(id, waiting)
  }

  /**
   * At a time at which a node does what it does each second, and not when the last answer has come: a host wakes for a timer that
   * was cancelled as well.
   */
  #sweepLater(): Timer {
    const now = this.#clock.now()
    const [first] = this.#waiting.values()
    const due = (first?.since ?? now) + answerMsMax - roundedMs
    return this.#clock.after(Math.ceil(due / sweepMs) * sweepMs - now, () => {
      this.#loseOlder(answerMsMax - roundedMs)
      this.#timer = this.#waiting.size === 0 ? null : this.#sweepLater()
    })
  }

  /** What has waited for longer than `ms`. */
  #loseOlder(ms: number): void {
    const late = this.#clock.now() - ms
    const ids = []
    for (const [id, { since }] of this.#waiting) {
      if (since > late) break
      ids.push(id)
    }
    this.#lose(ids)
  }

  #lose(ids: readonly string[]): void {
    for (const id of ids) {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      waiting?.request.silence('lost')
    }
  }
}
