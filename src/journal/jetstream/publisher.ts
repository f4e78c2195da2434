/**
 * Sends appends: by itself while few are under way, else many in a batch, which the servers sync once, and store as a
 * whole or not at all. No timer and no size: what comes while others are under way goes with the next batch.
 */
import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import { batchAppendsMax, batchAppendsMin, batchesInFlightMax } from './limits.ts'
import type { Requests } from './requests.ts'
import type { BatchPlace } from './message.ts'

/** stored: at this sequence. conflict: the subject's last message is `last`. failed: nothing was stored. */
export type Answer =
  | { readonly type: 'stored'; readonly sequence: number }
  | { readonly type: 'conflict'; readonly last: number }
  | { readonly type: 'failed'; readonly full: boolean; readonly reason: string }
  | { readonly type: 'lost' }

/** One append of a game that no other append under way is of. */
export interface PendingAppend {
  readonly subject: string
  readonly payload: string
  headers(place?: BatchPlace): MsgHdrs
  answered(answer: Answer): void
}

interface PublishAnswer {
  readonly seq?: number
  readonly error?: { readonly err_code?: number; readonly description?: string }
}

/** Error codes of the server. */
const wrongLastSequence = new Set([10_071, 10_164])
const full = new Set([10_023, 10_047, 10_077, 10_110, 10_122])

const reasons = {
  unsent: 'there is no connection to a NATS server',
  absent: 'the stream of the games has no leader now',
} as const

export interface PublisherOptions {
  readonly requests: Requests
  /** Whether the stream takes batches (2.12). */
  readonly hasBatches: boolean
  /** Different from that of every other post. */
  readonly id: string
}

export class Publisher {
  readonly #options: PublisherOptions
  readonly #waiting: PendingAppend[] = []
  #inFlight = 0
  #batches = 0

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  send(pending: PendingAppend): void {
    if (!this.#options.hasBatches) return void this.#sendAlone(pending)
    this.#waiting.push(pending)
    this.#pump()
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#inFlight < batchesInFlightMax) {
      const pendings = this.#waiting.splice(0, batchAppendsMax)
      this.#inFlight++
      void this.#deliver(pendings).then(() => {
        this.#inFlight--
        this.#pump()
      })
    }
  }

  async #deliver(pendings: readonly PendingAppend[]): Promise<void> {
    if (pendings.length < batchAppendsMin) return this.#sendEach(pendings)
    const answer = await this.#sendTogether(pendings)
    switch (answer.type) {
      case 'stored':
        // One behind the other, and `sequence` is the last one's.
        return pendings.forEach((pending, index) =>
          pending.answered({ type: 'stored', sequence: answer.sequence - pendings.length + 1 + index }),
        )
      case 'lost':
        return pendings.forEach((pending) => pending.answered(answer))
      default:
        // Nothing was stored, because of one of them: each learns for itself what is wrong with it.
        return this.#sendEach(pendings)
    }
  }

  async #sendEach(pendings: readonly PendingAppend[]): Promise<void> {
    await Promise.all(pendings.map((pending) => this.#sendAlone(pending)))
  }

  async #sendAlone(pending: PendingAppend): Promise<void> {
    pending.answered(await this.#ask(pending, pending.headers()))
  }

  #sendTogether(pendings: readonly PendingAppend[]): Promise<Answer> {
    const { requests, id } = this.#options
    // It is stored with every entry: short, and different from those of other nodes for the seconds that a batch takes.
    const batch = `${id.slice(0, 8)}${(++this.#batches).toString(36)}`
    const place = (index: number): BatchPlace => ({ batch, number: index + 1, isLast: index === pendings.length - 1 })
    for (const [index, pending] of pendings.slice(0, -1).entries())
      requests.say(pending.subject, pending.payload, pending.headers(place(index)))
    const last = pendings.at(-1)
    if (last === undefined) throw new RangeError('a batch of nothing')
    return this.#ask(last, last.headers(place(pendings.length - 1)))
  }

  #ask({ subject, payload }: PendingAppend, headers: MsgHdrs): Promise<Answer> {
    return new Promise((resolve) => {
      const answer = (message: Msg): true => {
        resolve(parseAnswer(message))
        return true
      }
      this.#options.requests.send({
        subject,
        payload,
        headers,
        answer,
        silence: (why) =>
          resolve(why === 'lost' ? { type: 'lost' } : { type: 'failed', full: false, reason: reasons[why] }),
      })
    })
  }
}

function parseAnswer(message: Msg): Answer {
  const { seq, error } = message.json<PublishAnswer>()
  if (error === undefined) return { type: 'stored', sequence: seq ?? 0 }
  const { err_code: code = 0, description = '' } = error
  if (!wrongLastSequence.has(code)) return { type: 'failed', full: full.has(code), reason: description }
  return { type: 'conflict', last: Number(/\d+$/.exec(description)?.[0] ?? 0) }
}
