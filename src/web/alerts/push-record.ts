/** What the page leaves for the service worker, which has neither the page's storage nor its texts. */

export interface PushRecord {
  /** Proves the account. */
  readonly token: string
  /** The server's public key. */
  readonly key: string
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** The title of a notification, by the kind of note. */
  readonly titles: Readonly<Record<string, string>>
}

/** Not a name of a release, whose caches a newer release deletes. */
const cacheName = 'push'
const address = '/push-record'

export async function writePushRecord(record: PushRecord): Promise<void> {
  const cache = await caches.open(cacheName)
  await cache.put(address, Response.json(record))
}

export async function forgetPushRecord(): Promise<void> {
  await caches.delete(cacheName)
}

/** Null if the visitor wants no messages, or the browser has deleted it. */
export async function readPushRecord(): Promise<PushRecord | null> {
  const found = await caches.match(address)
  return found === undefined ? null : ((await found.json()) as PushRecord)
}

/** Sends one request over HTTP, where the service worker has no other connection. @throws Error if it was not served */
export async function askByHttp(
  method: string,
  params: object,
  token?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch('/rpc', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const { result } = (await answer.json()) as { readonly result?: Readonly<Record<string, unknown>> }
  if (result === undefined) throw new Error(`${method} was not served`)
  return result
}

/** Registers this device at the server. @throws Error */
export async function registerDevice(
  subscription: PushSubscription,
  { token, key }: Pick<PushRecord, 'token' | 'key'>,
): Promise<void> {
  const { endpoint, keys } = subscription.toJSON()
  await askByHttp('push.subscribe', { endpoint, p256dh: keys?.['p256dh'], auth: keys?.['auth'], key }, token)
}
