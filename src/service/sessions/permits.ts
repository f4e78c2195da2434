/** Bounds the expensive work in progress: reads of the journal and of histories, and whole records. */
import { FairQueue, type Turn, type Work } from '../../base/index.ts'
import { Fault, type Limits } from '../../protocol/index.ts'

/** read: a page or two from storage. record: an answer that takes much memory until it has been sent. */
export type SlowRequestKind = 'read' | 'record'

/** The session that sent the request. */
interface Requester {
  readonly address: string
  readonly isOver: boolean
}

/** The message of a request whose connection is closed; nobody reads it. */
export const gone = 'the connection is gone'

/** Suggested delay before the next attempt when too much waits, in ms. */
const retryAfterMs = 1_000

export class Permits {
  readonly #queues: Readonly<Record<SlowRequestKind, FairQueue<string>>>

  constructor({ readsAtOnce, readsPerAddress, recordsAtOnce, recordsPerAddress, readsWaiting }: Limits) {
    const waiting = { waiting: readsWaiting, waitingPerKey: readsWaiting }
    this.#queues = {
      read: new FairQueue({ atOnce: readsAtOnce, atOncePerKey: readsPerAddress, ...waiting }),
      record: new FairQueue({ atOnce: recordsAtOnce, atOncePerKey: recordsPerAddress, ...waiting }),
    }
  }

  /**
   * Queues `work`, which starts when it is the turn of `address`; addresses take turns. @throws Fault 'rate-limited'
   */
  enter(kind: SlowRequestKind, address: string, work: Work): Turn {
    const turn = this.#queues[kind].enter(address, work)
    if (typeof turn === 'object') return turn
    throw new Fault('rate-limited', 'too many reads are waiting', { retryAfterMs })
  }

  /**
   * Runs `work` as a read on behalf of a session and resolves with its result; does not start it if the session has
   * ended.
   * @throws Fault, or what `work` throws
   */
  read<T>(requester: Requester, work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>()
    this.enter('read', requester.address, () => {
      const working = requester.isOver ? Promise.reject(new Fault('unavailable', gone)) : work()
      resolve(working)
      return working.then(nothing, nothing)
    })
    return promise
  }
}

function nothing(): void {}
