/** Keeps the page on the device and up to date, once all is drawn. */

export function keepPage(): void {
  const ask = (): void => {
    // Should it not load, the page plays all the same, and the next one keeps itself.
    import('./release.tsx').then(
      ({ keep }) => keep(),
      () => {},
    )
  }
  if (document.readyState === 'complete') ask()
  else addEventListener('load', ask, { once: true })
}
