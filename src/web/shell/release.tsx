/** Caches this release of the page on the device, and detects a new release on the server while the page stays open. */
import { effect, signal } from '@preact/signals'
import { render } from 'preact'
import { systemClock } from '../../base/index.ts'
import { text } from '../language/more.ts'
import { speak } from '../language/text.ts'
import { say, ui } from '../state/ui.ts'
import { loadShared } from './lazy.tsx'

/** How often an idle page checks for a new release, in ms. */
const lookMs = 3_600_000
/** The least time between two checks caused by failures, in ms. */
const pauseMs = 60_000

/** The HTML of a new release on the server; null if there is none or the user chose "Not now". */
const found = signal<string | null>(null)
let putOff: string | null = null
let lookedAt = -Infinity
let registration: ServiceWorkerRegistration | null = null

/** To be called once, when the page has loaded. */
export async function keep(): Promise<void> {
  const box = document.createElement('div')
  document.body.append(box)
  render(<Notice />, box)
  lookEachHour()
  let wasOpen = true
  // After a reconnect the server may have a new release; a failure may have its cause in an old release.
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
  // Absent on pages without TLS, except on localhost.
  if (!('serviceWorker' in navigator)) return
  try {
    registration = await navigator.serviceWorker.register('/sw.js')
    if (ui.settings.peek().push) await import('../alerts/push.ts').then(({ syncPush }) => syncPush())
  } catch {
    // The page also works in a browser that stores nothing.
  }
}

function isTime(): boolean {
  return systemClock.now() - lookedAt > pauseMs
}

/** Checks for a new release, and loads the texts of the language again in case they are missing. */
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
    // The page's own address would be answered from the cache of the service worker.
    const headers = { Accept: 'text/html' }
    const response = await fetch('/index.html', { headers, cache: 'no-cache', redirect: 'manual' })
    const html = await response.text()
    if (!response.ok || !html.includes('<div id="app"></div>') || isThis(html) || html === putOff) return
    registration?.update().catch(() => {})
    await loadShared()
    if (found.value === null) say(text('newRelease'))
    found.value = html
  } catch {
    // There is no network; a later check follows.
  }
}

/** Whether the HTML is of this release: its inline scripts and styles name all parts of a release. */
function isThis(html: string): boolean {
  const select = 'head > script, head > style'
  const here = new Set([...document.querySelectorAll(select)].map(({ textContent }) => textContent))
  const there = new DOMParser().parseFromString(html, 'text/html').querySelectorAll(select)
  return [...there].every(({ textContent }) => here.has(textContent))
}

function Notice() {
  const connection = ui.connection.value
  // The connection banner has the same place and takes precedence.
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
