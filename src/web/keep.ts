/** Keeps the page on the device, so that it opens without a network: asks for the service worker once all is drawn. */

export function keepPage(): void {
  // Pages without TLS have none, but for those of this machine.
  if (!('serviceWorker' in navigator)) return
  const ask = (): void => {
    // A browser that keeps nothing still plays.
    navigator.serviceWorker.register('/sw.js').catch(() => {})
  }
  if (document.readyState === 'complete') ask()
  else addEventListener('load', ask, { once: true })
}
