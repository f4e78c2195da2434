/** The service worker's part of notifications while the page is closed. */
import { readPushRecord, registerDevice } from '../alerts/push-record.ts'
import type { ClickedNotification } from '../alerts/target.ts'

declare const self: ServiceWorkerGlobalScope

/** A message of the server. */
interface PushMessage extends ClickedNotification {
  readonly kind: string
}

/** To be called once, while the service worker starts. */
export function listenForPush(): void {
  self.addEventListener('push', (event) => {
    event.waitUntil(show(event.data?.json() as PushMessage))
  })
  self.addEventListener('pushsubscriptionchange', (event) => {
    event.waitUntil(renew())
  })
}

/** Shows the message unless the visitor sees a page, which shows the same. It replaces the earlier one of the game. */
async function show({ game, kind }: PushMessage): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (pages.some(({ visibilityState }) => visibilityState === 'visible')) return
  const record = await readPushRecord().catch(() => null)
  const data: ClickedNotification = { game }
  await self.registration.showNotification(record?.titles[kind] ?? 'Oxo', {
    tag: game,
    icon: '/icon-192.png',
    data,
    ...(record === null ? {} : { lang: record.language, dir: record.direction }),
  })
}

/** The push service has ended the subscription of this device. */
async function renew(): Promise<void> {
  const record = await readPushRecord()
  if (record === null) return
  const wish = { userVisibleOnly: true, applicationServerKey: record.key }
  await registerDevice(await self.registration.pushManager.subscribe(wish), record)
}
