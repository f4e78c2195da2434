/** What one connection has asked for that costs more than a moment: one piece at a time, and nothing for nobody. */
import type { Log, Turn } from '../base/index.ts'
import { type Budget, gone, type Kind } from './budget.ts'
import type { Connection } from './connection.ts'
import { faultOf } from './fold.ts'
import type { Reply } from './reply.ts'

export interface Errand {
  readonly kind: Kind
  readonly reply: Reply
  /** Answers, or rejects with a Fault or JournalFault, which is the answer. */
  readonly work: () => Promise<void>
}

export interface ErrandsOptions {
  readonly address: string
  readonly budget: Budget
  readonly connection: Pick<Connection, 'whenSent'>
  readonly log: Log
}

export class Errands {
  readonly #options: ErrandsOptions
  readonly #waiting: Errand[] = []
  /** The one that has left the line, until its answer has left. */
  #current: Errand | null = null
  /** Its place among those of all connections; null once it has begun. */
  #turn: Turn | null = null
  #isOver = false

  constructor(options: ErrandsOptions) {
    this.#options = options
  }

  /** Does it when the answer to the one before has left, and it is the turn of this address. */
  add(errand: Errand): void {
    if (this.#isOver) return drop(errand)
    this.#waiting.push(errand)
    if (this.#current === null) this.#next()
  }

  /** The connection is gone: what has not begun never will. */
  end(): void {
    this.#isOver = true
    for (const errand of this.#waiting.splice(0)) drop(errand)
    if (this.#turn === null || this.#current === null) return
    this.#turn.cancel()
    this.#turn = null
    drop(this.#current)
  }

  #next(): void {
    const { budget, address, log } = this.#options
    for (;;) {
      const errand = (this.#current = this.#waiting.shift() ?? null)
      if (errand === null) return
      let hasBegun = false
      try {
        const turn = budget.enter(errand.kind, address, () => {
          hasBegun = true
          return this.#do(errand)
        })
        if (!hasBegun) this.#turn = turn
        return
      } catch (cause) {
        refuse(errand.reply, cause, log)
      }
    }
  }

  async #do(errand: Errand): Promise<void> {
    this.#turn = null
    const { connection, log } = this.#options
    await answer(errand.reply, errand.work, log)
    const { promise: sent, resolve } = Promise.withResolvers<void>()
    if (connection.whenSent === undefined) resolve()
    else connection.whenSent(resolve)
    void sent.then(() => this.#next())
    // Until then its memory is taken.
    if (errand.kind === 'record') await sent
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

function drop({ reply }: Errand): void {
  reply.error('unavailable', gone)
}
