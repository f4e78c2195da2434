/** What a tab in the background says: whose turn it is, or which page it has. */
import { useLayoutEffect } from 'preact/hooks'
import { text } from './language/text.ts'

/** For as long as the part that asks for it is on the page. */
export function useTitle(title: string): void {
  useLayoutEffect(() => {
    document.title = `${title} · ${text('oxo')}`
    return () => void (document.title = text('oxo'))
  }, [title])
}
