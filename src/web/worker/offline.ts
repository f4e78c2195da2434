/**
 * The service worker: caches the files of the page, so that it opens without a network. It never caches the server's
 * data.
 */
import { systemClock } from '../../base/index.ts'
import type { ClickedNotification } from '../alerts/target.ts'
import { makeRoute } from '../state/route.ts'
import { listenForPush } from './push.ts'

declare const self: ServiceWorkerGlobalScope

/** Set by the build: the name of this release, and its files (address → SHA-256 in base64). */
declare const __RELEASE__: string
declare const __FILES__: Readonly<Record<string, string>>

const shelf = `oxo-${__RELEASE__}`

/** How long the network may take for a page that is also cached, in ms. */
const patienceMs = 3_000

self.addEventListener('install', (event) => {
  event.waitUntil(keepRelease())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOthers())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') {
    // All pages are the same document, which reads its address itself. Other addresses have other answers.
    const isPage = /^\/(?:index\.html|(?:cluster|puzzle)\/?|games(?:\/[\w-]*\/?)?)?$/.test(url.pathname)
    event.respondWith(isPage ? freshOrKept(request) : freshUnlessAway(request))
  } else if (url.pathname in __FILES__) event.respondWith(keptOrFresh(request))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(showGame(event.notification.data as ClickedNotification))
})

listenForPush()

/** Shows the game in a page that is open, best the one that shows it already; otherwise in a new one. */
async function showGame(clicked: ClickedNotification): Promise<void> {
  const address = makeRoute({ page: 'game', game: clicked.game })
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const page = pages.find(({ url }) => new URL(url).pathname === address) ?? pages[0]
  if (page === undefined) return void (await self.clients.openWindow(address))
  page.postMessage(clicked)
  await page.focus()
}

/** Caches all files of the release or none: a proxy in between may answer with something else. */
async function keepRelease(): Promise<void> {
  const found = await Promise.all(Object.keys(__FILES__).map(fetchRight))
  const cache = await caches.open(shelf)
  await Promise.all(found.map(([request, response]) => cache.put(request, response)))
}

/** @throws Error if the answer is not this file of this release. */
async function fetchRight(address: string): Promise<readonly [Request, Response]> {
  // The server answers with plain text at `/` unless the request accepts HTML.
  const request = new Request(address, address === '/' ? { headers: { Accept: 'text/html' } } : {})
  const response = await fetch(request)
  const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer())
  const isRight = btoa(String.fromCharCode(...new Uint8Array(digest))) === __FILES__[address]
  if (!response.ok || response.redirected || !isRight) throw new Error(`${address} is not of this release`)
  return [request, response]
}

async function freshOrKept(request: Request): Promise<Response> {
  const kept = await caches.match('/', { ignoreVary: true })
  if (kept === undefined) return fetch(request)
  const patience = new AbortController()
  const timer = systemClock.after(patienceMs, () => patience.abort())
  try {
    const response = await fetch(request, { signal: patience.signal })
    if (response.ok && isPage(await response.clone().text())) return response
  } catch {
    // There is no network, or it does not answer in time.
  } finally {
    timer.cancel()
  }
  return kept
}

/** Whether a document is a page of any Oxo release, and not a proxy's error or a login portal. */
function isPage(html: string): boolean {
  return html.includes('<title>Oxo</title>') && html.includes('<div id="app"></div>')
}

async function freshUnlessAway(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    const kept = await caches.match('/', { ignoreVary: true })
    if (kept === undefined) throw error
    return kept
  }
}

async function keptOrFresh(request: Request): Promise<Response> {
  // The page adds a query to repeat a failed request, because the browser would not repeat the same address.
  return (await caches.match(request, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request)
}

async function dropOthers(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith('oxo-') && name !== shelf).map((name) => caches.delete(name)),
  )
}
