/** Sends push messages to push services by HTTP (RFC 8030). */
import { createHash } from 'node:crypto'
import type { Clock, Log } from '../../base/index.ts'
import type { Delivery, PushKind, PushNote, PushSender, PushSubscription } from '../../service/index.ts'
import { encrypt } from './encrypt.ts'
import { PushKeys, type PushKeysOptions } from './push-keys.ts'
import { makePushServiceCheck } from './push-services.ts'

export interface PushSenderOptions extends PushKeysOptions {
  /** As {@link makePushServiceCheck} takes them. */
  readonly services: readonly string[]
  readonly clock: Clock
  readonly log: Log
  /** Time for one request to a push service, in ms. */
  readonly timeoutMs: number
}

/** Longer than any text, so that all messages have the same length. */
const paddedBytes = 128

/** high: wakes a device that saves power. */
const urgencies: Readonly<Record<PushKind, 'high' | 'normal'>> = {
  turn: 'high',
  joined: 'high',
  rematch: 'normal',
  over: 'normal',
}

export class HttpPushSender implements PushSender {
  readonly #keys: PushKeys
  readonly #log: Log
  readonly #timeoutMs: number
  readonly accepts: (endpoint: string) => boolean

  constructor(options: PushSenderOptions) {
    this.#keys = new PushKeys(options)
    this.#log = options.log
    this.#timeoutMs = options.timeoutMs
    this.accepts = makePushServiceCheck(options.services)
  }

  get key(): string {
    return this.#keys.publicKey
  }

  async send(to: PushSubscription, note: PushNote): Promise<Delivery> {
    // The list may have become shorter since the device was subscribed.
    if (!this.accepts(to.endpoint)) return 'gone'
    const { origin } = new URL(to.endpoint)
    const body = await encrypt(to, JSON.stringify({ game: note.game, kind: note.kind }), paddedBytes).catch(() => null)
    const authorization = await this.#keys.authorize(origin, to.key)
    if (body === null || authorization === null) return 'gone'
    try {
      const answer = await fetch(to.endpoint, {
        method: 'POST',
        body,
        headers: {
          authorization,
          'content-encoding': 'aes128gcm',
          'content-type': 'application/octet-stream',
          ttl: String(note.ttlSeconds),
          urgency: urgencies[note.kind],
          topic: topicOf(note.game),
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
      // Nothing in the body matters: it is not read, however long it is.
      await answer.body?.cancel()
      return this.#judge(origin, answer)
    } catch (cause) {
      this.#log.debug({ service: origin, reason: String(cause) }, 'push failed')
      return { laterMs: null }
    }
  }

  #judge(origin: string, { status, headers }: Response): Delivery {
    if (status >= 200 && status < 300) return 'sent'
    if (status === 404 || status === 410) return 'gone'
    this.#log.debug({ service: origin, status }, 'push refused')
    if (status === 429 || status >= 500) return { laterMs: delayOf(headers.get('retry-after')) }
    return 'failed'
  }
}

/** A newer message of a game replaces an older one that the device has not received. A topic has at most 32 letters. */
function topicOf(game: string): string {
  return createHash('sha256').update(game).digest('base64url').slice(0, 32)
}

/** The seconds of `Retry-After`, in ms; null if it is absent or a date. */
function delayOf(text: string | null): number | null {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : null
}
