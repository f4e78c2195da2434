/** The number of waiting games outside the page: a dot on the tab's icon, and a number on an installed app. */
import { effect } from '@preact/signals'
import { ui } from '../state/ui.ts'

/** To be called once. */
export function keepBadge(): void {
  effect(() => {
    const count = ui.waiting.value
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
    const file = count > 0 ? '/icon-waiting.svg' : '/icon.svg'
    if (icon !== null && !icon.href.endsWith(file)) icon.href = file
    // Absent in Firefox. Refused by browsers that forbid it, and without effect unless the page is installed.
    if ('setAppBadge' in navigator) navigator.setAppBadge(count).catch(() => {})
  })
}
