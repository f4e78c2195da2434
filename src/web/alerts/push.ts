/** Notifications while the page is closed: keeps this device registered at the server as the visitor wishes. */
import { text } from '../language/more.ts'
import { directionOf } from '../language/names.ts'
import { language, loadMore } from '../language/text.ts'
import { readIdentity } from '../state/identity.ts'
import { ui } from '../state/ui.ts'
import { canNotify } from './notifications.ts'
import { askByHttp, forgetPushRecord, registerDevice, writePushRecord } from './push-record.ts'

/** The server's key; null if this browser or the server has no push. Rejects without a server. */
export async function findPushKey(): Promise<string | null> {
  if (!canNotify() || !('PushManager' in globalThis)) return null
  const { key } = await askByHttp('push.key', {})
  return typeof key === 'string' ? key : null
}

/** Whether the browser agrees. It must already permit notifications. */
export async function canSubscribe(key: string): Promise<boolean> {
  try {
    await subscribe(key)
    return true
  } catch {
    return false
  }
}

/** Registers or removes this device. Without a server or an account the next opened page does it. */
export async function syncPush(): Promise<void> {
  try {
    await (ui.settings.peek().push ? turnOn() : turnOff())
  } catch {
    // The browser or the server has refused.
  }
}

async function turnOn(): Promise<void> {
  const [key, identity] = [await findPushKey(), readIdentity()]
  if (key === null || identity === null || Notification.permission !== 'granted') return
  const subscription = await subscribe(key)
  await loadMore()
  const { token } = identity
  const titles = {
    turn: text('pushTurn'),
    joined: text('pushJoined'),
    rematch: text('pushRematch'),
    over: text('pushOver'),
  }
  const direction = directionOf(language.peek())
  await writePushRecord({ token, key, titles, language: language.peek(), direction })
  await registerDevice(subscription, { token, key })
}

async function turnOff(): Promise<void> {
  if (!canNotify() || !('PushManager' in globalThis)) return
  await forgetPushRecord()
  const registration = await navigator.serviceWorker.getRegistration()
  const subscription = await registration?.pushManager.getSubscription()
  if (subscription === null || subscription === undefined) return
  const { endpoint } = subscription
  await subscription.unsubscribe()
  await askByHttp('push.unsubscribe', { endpoint }, readIdentity()?.token)
}

/** The subscription of this device for this key; one for an earlier key is replaced. */
async function subscribe(key: string): Promise<PushSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready
  const before = await pushManager.getSubscription()
  const keyBefore = before?.options.applicationServerKey
  if (before !== null && keyBefore !== undefined && keyBefore !== null && encode(keyBefore) === key) return before
  await before?.unsubscribe()
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
}

/** As base64url. */
function encode(bytes: ArrayBuffer): string {
  const plain = btoa(String.fromCharCode(...new Uint8Array(bytes)))
  return plain.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
