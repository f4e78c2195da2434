/**
 * Sends appends: one by one while few wait, otherwise many in one batch, which the servers sync as a whole and store
 * completely or not at all. There is no timer: appends that come while others are in flight go into the next batch.
 */
import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import { batchAppendsMax, batchAppendsMin, streamBatchesInFlightMax } from './limits.ts'
import type { Requests } from './requests.ts'
import type { BatchPlace } from './message.ts'

/**
 * stored: at this sequence. conflict: the sequence of the subject's last message is `last`. failed: nothing was stored.
 * lost: no answer came, so the append may be stored.
 */
export type AppendResult =
  | { readonly type: 'stored'; readonly sequence: number }
  | { readonly type: 'conflict'; readonly last: number }
  | { readonly type: 'failed'; readonly full: boolean; readonly reason: string }
  | { readonly type: 'lost' }

/** One append. No other append of the same game may be in flight. */
export interface PendingAppend {
  readonly subject: string
  readonly payload: string
  headers(place?: BatchPlace): MsgHdrs
  answered(answer: AppendResult): void
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
  /** Whether the stream accepts batches (2.12). */
  readonly hasBatches: boolean
  /** Unique to this publisher. */
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

  send(append: PendingAppend): void {
    if (!this.#options.hasBatches) return void this.#sendAlone(append)
    this.#waiting.push(append)
    this.#pump()
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#inFlight < streamBatchesInFlightMax) {
      const appends = this.#waiting.splice(0, batchAppendsMax)
      this.#inFlight++
      void this.#deliver(appends).then(() => {
        this.#inFlight--
        this.#pump()
      })
    }
  }

  async #deliver(appends: readonly PendingAppend[]): Promise<void> {
    if (appends.length < batchAppendsMin) return this.#sendEach(appends)
    const answer = await this.#sendTogether(appends)
    switch (answer.type) {
      case 'stored':
        // The messages are consecutive, and `sequence` is the one of the last message.
        return appends.forEach((append, index) =>
          append.answered({ type: 'stored', sequence: answer.sequence - appends.length + 1 + index }),
        )
      case 'lost':
        return appends.forEach((append) => append.answered(answer))
      default:
        // One of the appends made the servers refuse the whole batch. Sent one by one, each gets its own answer.
        return this.#sendEach(appends)
    }
  }

  async #sendEach(appends: readonly PendingAppend[]): Promise<void> {
    await Promise.all(appends.map((append) => this.#sendAlone(append)))
  }

  async #sendAlone(append: PendingAppend): Promise<void> {
    append.answered(await this.#ask(append, append.headers()))
  }

  #sendTogether(appends: readonly PendingAppend[]): Promise<AppendResult> {
    const { requests, id } = this.#options
    // The batch id is stored with every entry, so it is short. It must be unique among all nodes only while the batch is sent.
    const batch = `${id.slice(0, 8)}${(++this.#batches).toString(36)}`
    const place = (index: number): BatchPlace => ({ batch, number: index + 1, isLast: index === appends.length - 1 })
    for (const [index, append] of appends.slice(0, -1).entries())
      requests.publish(append.subject, append.payload, append.headers(place(index)))
    const last = appends.at(-1)
    if (last === undefined) throw new RangeError('the batch is empty')
    return this.#ask(last, last.headers(place(appends.length - 1)))
  }

  #ask({ subject, payload }: PendingAppend, headers: MsgHdrs): Promise<AppendResult> {
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
        failed: (why) =>
          resolve(why === 'lost' ? { type: 'lost' } : { type: 'failed', full: false, reason: reasons[why] }),
      })
    })
  }
}

function parseAnswer(message: Msg): AppendResult {
  const { seq, error } = message.json<PublishAnswer>()
  if (error === undefined) return { type: 'stored', sequence: seq ?? 0 }
  const { err_code: code = 0, description = '' } = error
  if (!wrongLastSequence.has(code)) return { type: 'failed', full: full.has(code), reason: description }
  return { type: 'conflict', last: Number(/\d+$/.exec(description)?.[0] ?? 0) }
}
