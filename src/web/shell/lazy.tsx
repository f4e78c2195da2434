/** A component whose code is loaded when it is first shown. */
import { type Signal, signal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { systemClock, type Timer } from '../../base/index.ts'
import { loadMore, firstText } from '../language/text.ts'
import { ui, warn } from '../state/ui.ts'

/** How long after a failed load the next attempt is made, in ms. */
const againMs = 5_000

/** Loads the texts and the style that later parts share. To be called before one of them renders. */
export async function loadShared(): Promise<void> {
  const [{ addStyle }] = await Promise.all([import('../style/more.ts'), loadMore()])
  addStyle()
}

/** The component, and a function that loads it sooner. That resolves also if it does not load. */
export function later<Props extends object>(
  load: () => Promise<FunctionComponent<Props>>,
): FunctionComponent<Props> & { readonly ask: () => Promise<void> | undefined } {
  const loaded: Signal<FunctionComponent<Props> | null> = signal(null)
  let isAsked = false
  let timer: Timer | undefined
  const ask = (): Promise<void> | undefined => {
    if (isAsked) return undefined
    timer?.cancel()
    isAsked = true
    return Promise.all([load(), loadShared()]).then(
      ([component]) => void (loaded.value = component),
      () => {
        // The network is down, or the server has another release by now. Show this once.
        if (timer === undefined) warn(firstText('unavailable'))
        isAsked = false
        timer = systemClock.after(againMs, () => void ask())
      },
    )
  }
  function Later(props: Props) {
    // Subscribes to dialog and route: each user action also tries again.
    void [ui.dialog.value, ui.route.value]
    void ask()
    const Part = loaded.value
    return Part === null ? null : <Part {...props} />
  }
  Later.ask = ask
  return Later
}
