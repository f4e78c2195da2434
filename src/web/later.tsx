/** A part of the page that is loaded when it is first shown. */
import { computed, type Signal, signal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { loadMore, text } from './language/text.ts'
import { ui, warn } from './ui.ts'

const isConnected = computed(() => ui.connection.value?.state === 'open')

export function later<Props extends object>(load: () => Promise<FunctionComponent<Props>>): FunctionComponent<Props> {
  const loaded: Signal<FunctionComponent<Props> | null> = signal(null)
  let isAsked = false
  const ask = (): void => {
    isAsked = true
    Promise.all([load(), loadMore()]).then(
      ([component]) => (loaded.value = component),
      () => {
        // The network is gone, or the server has another release by now: the next look tries again.
        isAsked = false
        warn(text('unavailable'))
      },
    )
  }
  return function Later(props: Props) {
    // What somebody asks for next, a network and a server that are back: each is another look at what is missing.
    void [ui.dialog.value, ui.route.value, ui.isOnline.value, isConnected.value]
    if (!isAsked) ask()
    const Part = loaded.value
    return Part === null ? null : <Part {...props} />
  }
}
