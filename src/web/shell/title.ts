/** The title of the browser's tab: how many games wait, whose turn it is, or the name of the page. */
import { effect, signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { firstText } from '../language/text.ts'
import { isFirstPage } from '../state/navigation.ts'
import { say, ui } from '../state/ui.ts'

const title = signal<string | null>(null)

/** To be called once. */
export function keepTitle(): void {
  effect(() => {
    const waiting = ui.waiting.value
    const parts = [title.value, firstText('oxo')].filter((part) => part !== null)
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${parts.join(' · ')}`
  })
}

/** Sets the title while the calling component is on the page. */
export function useTitle(wanted: string): void {
  // After the paint, because setting the title takes longer than drawing a mark.
  useEffect(() => void (title.value = wanted), [wanted])
  useEffect(() => () => void (title.value = null), [])
  useArrival(wanted)
}

/** Announces the new page to screen readers, as the browser does for a page that it loads. */
export function useArrival(title: string): void {
  useEffect(() => {
    if (!isFirstPage()) say(title)
  }, [])
}
