/**
 * Requests and their answers, all through one inbox. Many requests can be in flight, and one request may have many answers.
 * Nothing is buffered while there is no connection, so a request that failed as 'unsent' was certainly not sent.
 */
import { createInbox, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import type { Clock, Timer } from '../../base/index.ts'
import type { JournalFault } from '../journal.ts'
import { answerMsMax, leftoverMsMax } from './limits.ts'
import { subscribe } from './subscribe.ts'

/** Interval of the check for requests without an answer, and the time by which it may give up a request too early, in ms. */
const sweepMs = 250
const toleranceMs = 20

/**
 * Why a request failed. unsent: there is no connection. absent: nobody serves such requests now. lost: the request may have
 * arrived, but no answer came.
 */
export type NoAnswer = 'unsent' | 'absent' | 'lost'

export interface PendingRequest {
  readonly subject: string
  readonly payload: string
  readonly headers?: MsgHdrs
  /** Called for each answer. Returns true if it was the last one. */
  answer(message: Msg): boolean
  /** Called at most once, when the request has failed. No answers follow. */
  failed(why: NoAnswer): void
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
  /** Ordered by the time of the last answer, or of sending if there was none. */
  readonly #waiting = new Map<string, Waiting>()
  #number = 0
  #isConnected = true
  /** The timer of the check for requests without an answer; null while no request waits. */
  #timer: Timer | null = null
  /** The timer that gives up requests sent just before an election. */
  #electionTimer: Timer | null = null
  #connected = Promise.withResolvers<void>()

  /** @param fail called when the node may not subscribe to its inbox, so that no answer can arrive. */
  constructor(connection: NatsConnection, clock: Clock, fail: (fault: JournalFault) => void) {
    this.#connection = connection
    this.#clock = clock
    this.#subscription = subscribe(connection, `${this.#inbox}*`, (message) => this.#receive(message), fail)
    this.#connected.resolve()
  }

  /** Also false once the connection is closed permanently; the NATS client sends no event for that. */
  get isConnected(): boolean {
    return this.#isConnected && !this.#connection.isClosed()
  }

  /** Resolves when there is a connection, or when this is closed. */
  get connected(): Promise<void> {
    return this.#connected.promise
  }

  send(request: PendingRequest): void {
    if (!this.isConnected) return request.failed('unsent')
    const id = String(++this.#number)
    this.#waiting.set(id, { request, since: this.#clock.now() })
    this.#timer ??= this.#sweepLater()
    const { subject, payload, headers } = request
    this.#connection.publish(subject, Buffer.from(payload), {
      reply: this.#inbox + id,
      ...(headers === undefined ? {} : { headers }),
    })
  }

  /** Publishes a message that gets no answer. Does nothing while there is no connection. */
  publish(subject: string, payload: string, headers: MsgHdrs): void {
    if (this.isConnected) this.#connection.publish(subject, Buffer.from(payload), { headers })
  }

  /** Sends a request with one answer. */
  ask(subject: string, payload: string): Promise<Msg | NoAnswer> {
    return new Promise((resolve) => {
      const answer = (message: Msg): true => {
        resolve(message)
        return true
      }
      this.send({ subject, payload, answer, failed: resolve })
    })
  }

  /** The connection is lost: all requests in flight fail as 'lost'. */
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

  /** Another server became leader. Earlier requests that get no answer within {@link leftoverMsMax} fail as 'lost'. */
  leaderChanged(): void {
    const elected = this.#clock.now()
    this.#loseOlder(leftoverMsMax)
    this.#electionTimer?.cancel()
    this.#electionTimer = this.#clock.after(leftoverMsMax, () => this.#loseOlder(this.#clock.now() - elected))
  }

  close(): void {
    this.#timer?.cancel()
    this.#electionTimer?.cancel()
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
    if (message.data.length === 0 && message.headers?.code === 503) return waiting.request.failed('absent')
    if (waiting.request.answer(message)) return
    waiting.since = this.#clock.now()
    this.#waiting.set(id, waiting)
  }

  /**
   * Runs the check at a multiple of {@link sweepMs}, together with the node's other periodic work, and does not cancel it when
   * the last answer comes: the host would wake for a cancelled timer too.
   */
  #sweepLater(): Timer {
    const now = this.#clock.now()
    const [first] = this.#waiting.values()
    const due = (first?.since ?? now) + answerMsMax - toleranceMs
    return this.#clock.after(Math.ceil(due / sweepMs) * sweepMs - now, () => {
      this.#loseOlder(answerMsMax - toleranceMs)
      this.#timer = this.#waiting.size === 0 ? null : this.#sweepLater()
    })
  }

  /** Fails the requests that have waited for longer than `ms`. */
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
      waiting?.request.failed('lost')
    }
  }
}
