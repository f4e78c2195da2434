/** The devices of accounts in a NATS stream: the last message of an account's subject holds them. */
import { headers as makeHeaders, type NatsConnection } from '@nats-io/transport-node'
import { systemClock } from '../../base/index.ts'
import { JournalFault } from '../../journal/index.ts'
import { Requests, silent, unavailable } from '../../journal/jetstream/index.ts'
import type { PushSubscription } from '../push/push-sender.ts'
import type { StoredSubscriptions, SubscriptionStore } from '../push/subscription-store.ts'
import { openStream } from './rows-stream.ts'

interface Parts {
  readonly connection: NatsConnection
  readonly prefix: string
  readonly partitions: readonly { readonly replicas: number }[]
}

interface ApiError {
  readonly err_code?: number
  readonly description?: string
}

const noMessageFound = 10_037
const wrongLastSequence = new Set([10_071, 10_164])
const full = new Set([10_023, 10_047, 10_077, 10_110, 10_122])

/** Creates the stream if it does not exist. The caller owns the connection. @throws JournalFault 'unavailable' */
export async function openNatsSubscriptionStore({ connection, prefix, partitions }: Parts): Promise<SubscriptionStore> {
  const stream = `${prefix.toUpperCase()}_PUSH`
  const replicas = partitions[0]?.replicas ?? 1
  const loss = 'devices subscribe again when their pages are opened'
  await openStream({ connection, stream, all: `${prefix}.push.>`, replicas, hasBatches: false, loss })
  return new NatsSubscriptionStore(new Requests(connection, systemClock, () => undefined), stream, `${prefix}.push.`)
}

class NatsSubscriptionStore implements SubscriptionStore {
  readonly #requests: Requests
  readonly #stream: string
  /** The beginning of the subjects. */
  readonly #subjects: string

  constructor(requests: Requests, stream: string, subjects: string) {
    this.#requests = requests
    this.#stream = stream
    this.#subjects = subjects
  }

  /** Reads from the leader, which has every write. */
  async read(account: string): Promise<StoredSubscriptions> {
    const query = JSON.stringify({ last_by_subj: this.#subjects + account })
    const answer = await this.#requests.ask(`$JS.API.STREAM.MSG.GET.${this.#stream}`, query)
    if (typeof answer === 'string') throw silent(answer)
    const { message, error } = answer.json<{
      readonly message?: { readonly seq: number; readonly data?: string }
      readonly error?: ApiError
    }>()
    if (error?.err_code === noMessageFound) return { subscriptions: [], revision: 0 }
    if (message === undefined) throw unavailable(`devices cannot be read: ${error?.description ?? ''}`)
    const text = Buffer.from(message.data ?? '', 'base64').toString()
    return { subscriptions: JSON.parse(text) as readonly PushSubscription[], revision: message.seq }
  }

  async write(account: string, subscriptions: readonly PushSubscription[], revision: number): Promise<boolean> {
    const headers = makeHeaders()
    headers.set('Nats-Expected-Last-Subject-Sequence', String(revision))
    const [subject, payload] = [this.#subjects + account, JSON.stringify(subscriptions)]
    const error = await new Promise<ApiError | undefined>((resolve, reject) =>
      this.#requests.send({
        ...{ subject, payload, headers },
        answer: (message) => {
          resolve(message.json<{ readonly error?: ApiError }>().error)
          return true
        },
        failed: (why) => reject(silent(why)),
      }),
    )
    if (error === undefined) return true
    const { err_code: code = 0, description = '' } = error
    if (wrongLastSequence.has(code)) return false
    throw new JournalFault(full.has(code) ? 'storage-full' : 'unavailable', `devices cannot be written: ${description}`)
  }

  async close(): Promise<void> {
    this.#requests.close()
  }
}
