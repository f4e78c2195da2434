/** What a tab in the background says: whose turn it is, or which page it has. */
import { useEffect } from 'preact/hooks'
import { text } from '../language/text.ts'
import { isFirstPage } from '../state/navigation.ts'
import { say } from '../state/ui.ts'

/** For as long as the part that asks for it is on the page. */
export function useTitle(title: string): void {
  // After the paint: telling the browser takes longer than drawing a mark.
  useEffect(() => void (document.title = `${title} · ${text('oxo')}`), [title])
  useEffect(() => () => void (document.title = text('oxo')), [])
  useArrival(title)
}

/** Says where one has come to, as the browser does of a page that it loads. */
export function useArrival(title: string): void {
  useEffect(() => {
    if (!isFirstPage()) say(title)
  }, [])
}
