/** Reacts to events of the device (network up or down, page shown again) and to changes stored by other pages. */
import { wakeServer } from './server.ts'
import { ui } from './ui.ts'

export function followDevice(): void {
  addEventListener('online', () => {
    ui.isOnline.value = true
    wakeServer()
  })
  addEventListener('offline', () => {
    ui.isOnline.value = false
    // The open connection may be dead without an event.
    wakeServer()
  })
  addEventListener('pageshow', wakeServer)
  addEventListener('storage', ({ key }) => {
    // If the module cannot load, the next change applies this one too.
    import('./other-pages.ts').then(
      ({ hearOfPage }) => hearOfPage(key),
      () => {},
    )
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wakeServer()
  })
}
