/** A part of the page that is loaded when it is first shown. */
import { type Signal, signal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { systemClock, type Timer } from '../../base/index.ts'
import { loadMore, text } from '../language/text.ts'
import { ui, warn } from '../state/ui.ts'

/** What does not load is asked for again after so many ms, as long as the page is open. */
const againMs = 5_000

export function later<Props extends object>(load: () => Promise<FunctionComponent<Props>>): FunctionComponent<Props> {
  const loaded: Signal<FunctionComponent<Props> | null> = signal(null)
  let isAsked = false
  let timer: Timer | undefined
  const ask = (): void => {
    if (isAsked) return
    timer?.cancel()
    isAsked = true
    Promise.all([load(), loadMore()]).then(
      ([component]) => (loaded.value = component),
      () => {
        // The network is gone, or the server has another release by now. It is said once.
        if (timer === undefined) warn(text('unavailable'))
        isAsked = false
        timer = systemClock.after(againMs, ask)
      },
    )
  }
  return function Later(props: Props) {
    // What somebody asks for next is another try too.
    void [ui.dialog.value, ui.route.value]
    ask()
    const Part = loaded.value
    return Part === null ? null : <Part {...props} />
  }
}
