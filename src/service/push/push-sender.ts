/** The interface to the push services: what the server implements, and what the service needs of it. */

/** What a notification is about. */
export const pushKinds = ['turn', 'joined', 'rematch', 'over'] as const
export type PushKind = (typeof pushKinds)[number]

/** A device that asked for notifications, as its browser describes it. */
export interface PushSubscription {
  /** The address of this device at its push service: it is secret, because any client that knows it may try to send. */
  readonly endpoint: string
  /** The device's public key and secret, in base64url. */
  readonly p256dh: string
  readonly auth: string
  /** The server's public key that the browser was given. */
  readonly key: string
}

/** What a device is told. */
export interface PushNote {
  readonly game: string
  readonly kind: PushKind
  /** How long the push service keeps it for a device that is off, in s. */
  readonly ttlSeconds: number
}

/**
 * sent: the push service took it. gone: the device wants nothing any more. failed: it is lost. later: the push service asks for
 * patience, in ms; null: it did not say how long.
 */
export type Delivery = 'sent' | 'gone' | 'failed' | { readonly laterMs: number | null }

export interface PushSender {
  /** The server's public key, in base64url. */
  readonly key: string
  /** True if the server sends to this address. */
  accepts(endpoint: string): boolean
  /** Never rejects, and answers within a bounded time. */
  send(to: PushSubscription, note: PushNote): Promise<Delivery>
}
