/** A part of the page that is loaded when it is first shown. */
import { type Signal, signal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { text } from './language/text.ts'
import { ui } from './ui.ts'

/** Null while it is loaded. */
type Loaded = FunctionComponent | null

export function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  const loaded: Signal<Loaded> = signal(null)
  let isAsked = false
  const ask = (): void => {
    isAsked = true
    load().then(
      (component) => (loaded.value = component),
      () => {
        // The network is gone, or the server has another release by now: the next look tries again.
        isAsked = false
        ui.notice.value = text('unavailable')
      },
    )
  }
  return function Later() {
    if (!isAsked) ask()
    const Part = loaded.value
    return Part === null ? null : <Part />
  }
}
