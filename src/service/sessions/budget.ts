/** What may be going on at the same time that costs more than a moment: reads of the journal and of histories, and records. */
import { FairQueue, type Turn, type Work } from '../../base/index.ts'
import { Fault, type Limits } from '../../protocol/index.ts'

/** read: a page or two from storage. record: an answer that takes much memory until it has left. */
export type Kind = 'read' | 'record'

/** Who asks, as a session. */
interface Asker {
  readonly address: string
  readonly isOver: boolean
}

/** What whoever is not there any more would be told. */
export const gone = 'the connection is gone'

/** When to ask again for what found too much before it, in ms. */
const retryAfterMs = 1_000

export class Budget {
  readonly #queues: Readonly<Record<Kind, FairQueue<string>>>

  constructor({ readsAtOnce, readsPerAddress, recordsAtOnce, recordsPerAddress, readsWaiting }: Limits) {
    const waiting = { waiting: readsWaiting, waitingPerKey: readsWaiting }
    this.#queues = {
      read: new FairQueue({ atOnce: readsAtOnce, atOncePerKey: readsPerAddress, ...waiting }),
      record: new FairQueue({ atOnce: recordsAtOnce, atOncePerKey: recordsPerAddress, ...waiting }),
    }
  }

  /** Begins `work` when it is the turn of `address`, which is every address's in rotation. @throws Fault 'rate-limited' */
  enter(kind: Kind, address: string, work: Work): Turn {
    const turn = this.#queues[kind].enter(address, work)
    if (typeof turn === 'object') return turn
    throw new Fault('rate-limited', 'too much waits to be read', { retryAfterMs })
  }

  /** What `work` comes to, as a read for somebody: not done once they have gone. @throws Fault, or what it throws */
  read<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>()
    this.enter('read', asker.address, () => {
      const working = asker.isOver ? Promise.reject(new Fault('unavailable', gone)) : work()
      resolve(working)
      return working.then(nothing, nothing)
    })
    return promise
  }
}

function nothing(): void {}
