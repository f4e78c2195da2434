/** The devices in a SQLite file, used by a thread of its own. Before the first device there is neither file nor thread. */
import { existsSync } from 'node:fs'
import type { Log } from '../../base/index.ts'
import { fileBeside, isFull, WorkerThread } from '../../base/node/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { PushSubscription } from '../push/push-sender.ts'
import type { StoredSubscriptions, SubscriptionStore } from '../push/subscription-store.ts'
import type { SubscriptionMethods } from './subscription-worker.ts'

export interface SqliteSubscriptionOptions {
  /** Its folder exists. */
  readonly file: string
  readonly log: Log
}

type Thread = WorkerThread<SubscriptionMethods>

/** How many questions may wait for the thread; with more it cannot keep up. */
const questionsMax = 1_000

export class SqliteSubscriptionStore implements SubscriptionStore {
  readonly #options: SqliteSubscriptionOptions
  #opening: Promise<Thread> | null = null
  #isThere: boolean
  #isClosed = false

  constructor(options: SqliteSubscriptionOptions) {
    this.#options = options
    this.#isThere = existsSync(options.file)
  }

  async read(account: string): Promise<StoredSubscriptions> {
    if (!this.#isThere) return { subscriptions: [], revision: 0 }
    const { devices, revision } = await this.#ask((thread) => thread.call('read', account))
    return { subscriptions: JSON.parse(devices) as readonly PushSubscription[], revision }
  }

  async write(account: string, subscriptions: readonly PushSubscription[], revision: number): Promise<boolean> {
    this.#isThere = true
    return this.#ask((thread) => thread.call('write', account, JSON.stringify(subscriptions), revision))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const thread = await this.#opening?.catch(() => undefined)
    await thread?.close()
  }

  async #ask<Answer>(ask: (thread: Thread) => Promise<Answer>): Promise<Answer> {
    if (this.#isClosed) throw new Fault('unavailable', 'the file of the devices is closed')
    try {
      this.#opening ??= this.#open()
      const thread = await this.#opening
      if (thread.inFlight >= questionsMax) throw new Fault('unavailable', 'the file of the devices cannot keep up')
      return await ask(thread)
    } catch (cause) {
      if (cause instanceof Fault) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      const name = isFull(cause) ? 'storage-full' : 'unavailable'
      throw new Fault(name, `the file of the devices cannot be used: ${reason}`, { cause })
    }
  }

  /** After a failure the next question tries again. */
  async #open(): Promise<Thread> {
    const { file, log } = this.#options
    const thread: Thread = new WorkerThread(fileBeside(import.meta.url, 'subscription-worker'), {
      name: 'subscriptions',
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    void thread.ended.then(() => (this.#opening = null))
    try {
      if (await thread.call('open', file)) log.warn({ file }, 'damaged file of devices is replaced')
      return thread
    } catch (cause) {
      await thread.terminate()
      throw cause
    }
  }
}
