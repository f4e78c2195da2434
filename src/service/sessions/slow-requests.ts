/** What one connection has asked for that costs more than a moment: one piece at a time, and nothing for nobody. */
import type { Log, Turn } from '../../base/index.ts'
import { type Budget, gone, type Kind } from './budget.ts'
import type { Connection } from './connection.ts'
import { faultOf } from '../games/fold.ts'
import type { Reply } from './reply.ts'

export interface SlowRequest {
  readonly kind: Kind
  readonly reply: Reply
  /** Answers, or rejects with a Fault or JournalFault, which is the answer. */
  readonly work: () => Promise<void>
}

export interface SlowRequestsOptions {
  readonly address: string
  readonly budget: Budget
  readonly connection: Pick<Connection, 'whenSent'>
  readonly log: Log
}

export class SlowRequests {
  readonly #options: SlowRequestsOptions
  readonly #waiting: SlowRequest[] = []
  /** The one that has left the line, until its answer has left. */
  #current: SlowRequest | null = null
  /** Its place among those of all connections; null once it has begun. */
  #turn: Turn | null = null
  #isOver = false

  constructor(options: SlowRequestsOptions) {
    this.#options = options
  }

  /** Does it when the answer to the one before has left, and it is the turn of this address. */
  add(request: SlowRequest): void {
    if (this.#isOver) return drop(request)
    this.#waiting.push(request)
    if (this.#current === null) this.#next()
  }

  /** The connection is gone: what has not begun never will. */
  end(): void {
    this.#isOver = true
    for (const request of this.#waiting.splice(0)) drop(request)
    if (this.#turn === null || this.#current === null) return
    this.#turn.cancel()
    this.#turn = null
    drop(this.#current)
  }

  #next(): void {
    const { budget, address, log } = this.#options
    for (;;) {
      const request = (this.#current = this.#waiting.shift() ?? null)
      if (request === null) return
      let hasBegun = false
      try {
        const turn = budget.enter(request.kind, address, () => {
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
    // Until then its memory is taken.
    if (request.kind === 'record') await sent
  }
}

/** Resolves when the work is over; where it rejects with a Fault or JournalFault, that is the answer. */
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
