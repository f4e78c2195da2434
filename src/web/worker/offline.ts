/** The service worker: keeps the pages, so that they open without a network. It never keeps what the server says. */
import { systemClock } from '../../base/index.ts'

declare const self: ServiceWorkerGlobalScope

/** What this release is called, and its files: their addresses, with the SHA-256 of each in base64. The build says both. */
declare const __RELEASE__: string
declare const __FILES__: Readonly<Record<string, string>>

const shelf = `oxo-${__RELEASE__}`

/** How long a network may take to bring a page, where one is kept: longer than any that is worth waiting for. */
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
    // Every page of ours is the same document; it finds out by itself which one it is. Other addresses have other answers.
    const isPage = /^\/(?:index\.html|games(?:\/[\w-]*\/?)?)?$/.test(url.pathname)
    event.respondWith(isPage ? freshOrKept(request) : freshUnlessAway(request))
  } else if (url.pathname in __FILES__) event.respondWith(keptOrFresh(request))
})

/** A release is kept whole or not at all: what stands between here and the server may answer in its place. */
async function keepRelease(): Promise<void> {
  const found = await Promise.all(Object.keys(__FILES__).map(fetchRight))
  const cache = await caches.open(shelf)
  await Promise.all(found.map(([request, response]) => cache.put(request, response)))
}

/** @throws Error for an answer that is not this file of this release. */
async function fetchRight(address: string): Promise<readonly [Request, Response]> {
  // The server has text at these addresses for whoever does not ask for a page.
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
    // No network, or one that swallows.
  } finally {
    timer.cancel()
  }
  return kept
}

/** Whether a document is ours, of whatever release: a proxy's complaint and a hotel's greeting are not. */
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
  // What failed once is asked for with a query, so that the browser asks.
  return (await caches.match(request, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request)
}

async function dropOthers(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith('oxo-') && name !== shelf).map((name) => caches.delete(name)),
  )
}
