/** The colour of the browser's own bars: that of the page, also if the visitor chose other colours than the device. */
import type { Theme } from '../state/preferences.ts'

/** The same as `--paper`. */
const paper = { light: '#fbf7ef', dark: '#171612' } as const

export function colourBrowser(theme: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
    const device = meta.media.includes('dark') ? 'dark' : 'light'
    meta.content = paper[theme === 'auto' ? device : theme]
  }
}
