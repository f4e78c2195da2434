/** Caches the page on the device and keeps it up to date, once it has loaded. */

export function keepPage(): void {
  const ask = (): void => {
    // If it does not load, the page still works, and the next opened page caches itself.
    import('./release.tsx').then(
      ({ keep }) => keep(),
      () => {},
    )
  }
  if (document.readyState === 'complete') ask()
  else addEventListener('load', ask, { once: true })
}
