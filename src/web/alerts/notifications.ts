/** Notifications of the operating system. The service worker shows them, because a page on a phone cannot. */

import type { ClickedNotification } from './target.ts'

export interface GameNotification extends ClickedNotification {
  readonly title: string
  readonly text: string
}

/** Whether this browser can show notifications for this page: it needs TLS, or localhost. */
export function canNotify(): boolean {
  return 'Notification' in globalThis && 'serviceWorker' in navigator
}

/** Asks the visitor, unless the browser already knows the answer. To be called in a reaction to a click. */
export async function askToNotify(): Promise<boolean> {
  return canNotify() && (await Notification.requestPermission()) === 'granted'
}

/** Shows a notification; it replaces the earlier one of the same game. Without permission it does nothing. */
export async function notify({ game, title, text }: GameNotification): Promise<void> {
  if (!canNotify() || Notification.permission !== 'granted') return
  const { ready } = navigator.serviceWorker
  const data: ClickedNotification = { game }
  await (await ready).showNotification(title, { body: text, tag: game, icon: '/icon-192.png', data })
}

/** Closes all notifications of this page. */
export async function closeNotifications(): Promise<void> {
  if (!canNotify() || Notification.permission !== 'granted') return
  const registration = await navigator.serviceWorker.getRegistration()
  for (const notification of (await registration?.getNotifications()) ?? []) notification.close()
}
