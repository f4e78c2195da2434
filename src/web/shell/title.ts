/** The title of the browser's tab: whose turn it is, or the name of the page. */
import { useEffect } from 'preact/hooks'
import { firstText } from '../language/text.ts'
import { isFirstPage } from '../state/navigation.ts'
import { say } from '../state/ui.ts'

/** Sets the title while the calling component is on the page. */
export function useTitle(title: string): void {
  // After the paint, because setting the title takes longer than drawing a mark.
  useEffect(() => void (document.title = `${title} · ${firstText('oxo')}`), [title])
  useEffect(() => () => void (document.title = firstText('oxo')), [])
  useArrival(title)
}

/** Announces the new page to screen readers, as the browser does for a page that it loads. */
export function useArrival(title: string): void {
  useEffect(() => {
    if (!isFirstPage()) say(title)
  }, [])
}
