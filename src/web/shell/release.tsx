/** Keeps this release of the page on the device, and notices when the server has another one, also where a page stays open. */
import { effect, signal } from '@preact/signals'
import { render } from 'preact'
import { systemClock } from '../../base/index.ts'
import { text } from '../language/more.ts'
import { loadMore, speak } from '../language/text.ts'
import { say, ui } from '../state/ui.ts'

/** How often a page that nothing happens to looks, in ms. */
const lookMs = 3_600_000
/** Between two looks because something did not work, in ms. */
const pauseMs = 60_000

/** The page that the server has now, where it is another one and nobody has put that off. */
const found = signal<string | null>(null)
let putOff: string | null = null
let lookedAt = -Infinity
let registration: ServiceWorkerRegistration | null = null

/** Once, when all is drawn. */
export async function keep(): Promise<void> {
  const box = document.createElement('div')
  document.body.append(box)
  render(<Notice />, box)
  lookEachHour()
  let wasOpen = true
  // A server that is back may be a new one, and what does not work may be of an old one.
  effect(() => {
    const isOpen = ui.connection.value?.state === 'open'
    const isBack = isOpen && !wasOpen
    wasOpen = isOpen || ui.connection.value === null
    if (isBack || (ui.notice.value !== null && isTime())) again()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && isTime()) again()
  })
  addEventListener('online', again)
  // Pages without TLS have none, but for those of this machine.
  if (!('serviceWorker' in navigator)) return
  try {
    registration = await navigator.serviceWorker.register('/sw.js')
  } catch {
    // A browser that keeps nothing still plays.
  }
}

function isTime(): boolean {
  return systemClock.now() - lookedAt > pauseMs
}

/** Whatever may not have come is asked for once more, the words of the language too. */
function again(): void {
  void look()
  speak(ui.settings.value.language).catch(() => {})
}

function lookEachHour(): void {
  systemClock.after(lookMs, () => {
    again()
    lookEachHour()
  })
}

async function look(): Promise<void> {
  lookedAt = systemClock.now()
  try {
    // Not the address of the page: what is kept on the device answers for that.
    const headers = { Accept: 'text/html' }
    const response = await fetch('/index.html', { headers, cache: 'no-cache', redirect: 'manual' })
    const html = await response.text()
    if (!response.ok || !html.includes('<div id="app"></div>') || isThis(html) || html === putOff) return
    registration?.update().catch(() => {})
    await loadMore()
    if (found.value === null) say(text('newRelease'))
    found.value = html
  } catch {
    // No network: there will be another look.
  }
}

/** Every part of a release has a name that stands in the script of its page, or in that of another part. */
function isThis(html: string): boolean {
  const select = 'head > script, head > style'
  const here = new Set([...document.querySelectorAll(select)].map(({ textContent }) => textContent))
  const there = new DOMParser().parseFromString(html, 'text/html').querySelectorAll(select)
  return [...there].every(({ textContent }) => here.has(textContent))
}

function Notice() {
  const connection = ui.connection.value
  // What is wrong with the connection is said at the same place, and comes first.
  if (found.value === null || (connection !== null && connection.state !== 'open')) return null
  return (
    <div class="banner" role="group" aria-label={text('newRelease')}>
      <p>{text('newRelease')}</p>
      <button type="button" class="button small" onClick={() => location.reload()}>
        {text('reload')}
      </button>
      <button type="button" class="button small plain" onClick={() => ([putOff, found.value] = [found.value, null])}>
        {text('notNow')}
      </button>
    </div>
  )
}
