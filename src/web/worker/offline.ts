/** The service worker: keeps the pages, so that they open without a network. It never keeps what the server says. */
declare const self: ServiceWorkerGlobalScope

/** What this release is called, and the addresses of its files: the build says both. */
declare const __RELEASE__: string
declare const __FILES__: readonly string[]

const files = __FILES__
const shelf = `oxo-${__RELEASE__}`

self.addEventListener('install', (event) => {
  // A release is kept whole or not at all.
  event.waitUntil(caches.open(shelf).then((cache) => cache.addAll(files.map(asPage))))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOthers())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  // Every page of ours is the same document; it finds out by itself which one it is.
  if (request.mode === 'navigate') event.respondWith(freshOrKept(request))
  else if (files.includes(url.pathname)) event.respondWith(keptOrFresh(request))
})

/** The server has text at these addresses for whoever does not ask for a page. */
function asPage(address: string): Request {
  return new Request(address, address === '/' ? { headers: { Accept: 'text/html' } } : {})
}

async function freshOrKept(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    const kept = await caches.match('/', { ignoreVary: true })
    if (kept === undefined) throw error
    return kept
  }
}

async function keptOrFresh(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}

async function dropOthers(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith('oxo-') && name !== shelf).map((name) => caches.delete(name)),
  )
}
