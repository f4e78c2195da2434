/** The expensive requests of one connection: done one at a time, and not at all once the connection is gone. */
import type { Log, Turn } from '../../base/index.ts'
import { type Permits, gone, type SlowRequestKind } from './permits.ts'
import type { Connection } from './connection.ts'
import { faultOf } from '../games/fold.ts'
import type { Reply } from './reply.ts'

export interface SlowRequest {
  readonly kind: SlowRequestKind
  readonly reply: Reply
  /** Calls the reply, or rejects with a Fault or JournalFault, which is then the answer. */
  readonly work: () => Promise<void>
}

export interface SlowRequestsOptions {
  readonly address: string
  readonly permits: Permits
  readonly connection: Pick<Connection, 'whenSent'>
  readonly log: Log
}

export class SlowRequests {
  readonly #options: SlowRequestsOptions
  readonly #waiting: SlowRequest[] = []
  /** The request in progress, until its answer has been sent. */
  #current: SlowRequest | null = null
  /** Its place in the queue of all connections; null once it has started. */
  #turn: Turn | null = null
  #isOver = false

  constructor(options: SlowRequestsOptions) {
    this.#options = options
  }

  /** Starts the request when the previous answer has been sent and it is the turn of this address. */
  add(request: SlowRequest): void {
    if (this.#isOver) return drop(request)
    this.#waiting.push(request)
    if (this.#current === null) this.#next()
  }

  /** The connection is gone: requests that have not started never will. */
  end(): void {
    this.#isOver = true
    for (const request of this.#waiting.splice(0)) drop(request)
    if (this.#turn === null || this.#current === null) return
    this.#turn.cancel()
    this.#turn = null
    drop(this.#current)
  }

  #next(): void {
    const { permits, address, log } = this.#options
    for (;;) {
      const request = (this.#current = this.#waiting.shift() ?? null)
      if (request === null) return
      let hasBegun = false
      try {
        const turn = permits.enter(request.kind, address, () => {
          hasBegun = true
          return this.#do(request)
        })
        if (!hasBegun) this.#turn = turn
        return
      } catch (cause) {
        refuse(request.reply, cause, log)
      }
    }
  }

  async #do(request: SlowRequest): Promise<void> {
    this.#turn = null
    const { connection, log } = this.#options
    await answer(request.reply, request.work, log)
    const { promise: sent, resolve } = Promise.withResolvers<void>()
    if (connection.whenSent === undefined) resolve()
    else connection.whenSent(resolve)
    void sent.then(() => this.#next())
    // A record takes memory until it has been sent.
    if (request.kind === 'record') await sent
  }
}

/** Resolves when the work is done. If it rejects with a Fault or JournalFault, that is the answer. */
export async function answer(reply: Reply, work: () => Promise<void>, log: Log): Promise<void> {
  try {
    await work()
  } catch (cause) {
    refuse(reply, cause, log)
  }
}

function refuse(reply: Reply, cause: unknown, log: Log): void {
  const { fault, message, detail } = faultOf(cause, log)
  reply.error(fault, message, detail)
}

function drop({ reply }: SlowRequest): void {
  reply.error('unavailable', gone)
}
