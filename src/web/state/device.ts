/** What the device says of itself: it woke up, the network came or went, the page was fetched from the drawer; and other pages. */
import { wakeServer } from './server.ts'
import { ui } from './ui.ts'

export function followDevice(): void {
  addEventListener('online', () => {
    ui.isOnline.value = true
    wakeServer()
  })
  addEventListener('offline', () => {
    ui.isOnline.value = false
    // An open connection may be gone without a word.
    wakeServer()
  })
  addEventListener('pageshow', wakeServer)
  addEventListener('storage', ({ key }) => {
    // Without a network it is taken over the next time.
    import('./other-pages.ts').then(
      ({ hearOfPage }) => hearOfPage(key),
      () => {},
    )
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wakeServer()
  })
}
