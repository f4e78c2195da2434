/** Whether the page is hidden, for example in the background or on a locked screen. */
import { signal } from '@preact/signals'

export const isHidden = signal(document.visibilityState === 'hidden')

document.addEventListener('visibilitychange', () => void (isHidden.value = document.visibilityState === 'hidden'))
