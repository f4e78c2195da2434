/** An intermediary answers in place of the server: the page in the service worker's cache still opens. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect as dial, createServer, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { BrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

const html = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`

const json = '{"error":"maintenance"}'

/** Answers that an intermediary sends instead of the server. null: it never answers. */
const answers: readonly (readonly [what: string, answer: string | null])[] = [
  ['502 of a proxy', html('502 Bad Gateway', '<h1>Bad Gateway</h1>')],
  ['503 of a proxy', html('503 Service Unavailable', '<h1>Maintenance</h1>')],
  ['403 of a filter', html('403 Forbidden', '<h1>Blocked</h1>')],
  ['429 of a limit', html('429 Too Many Requests', '<h1>Slow down</h1>')],
  ['captive portal', html('200 OK', '<title>Wi-Fi</title><h1>Welcome</h1>')],
  ['redirect to a captive portal', 'HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nConnection: close\r\n\r\n'],
  [
    '200 that is not a page',
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
  ],
  ['network that drops everything', null],
]

/** A TCP proxy. It forwards all connections except those whose first request `isIntercepted`: they get `answer`. */
class Intermediary {
  readonly url: string
  isIntercepted: (request: string) => boolean = () => false
  answer: string | null = null
  readonly #sockets: Set<Socket>

  private constructor(url: string, sockets: Set<Socket>) {
    this.url = url
    this.#sockets = sockets
  }

  static async open(t: TestContext, server: BrowserServer): Promise<Intermediary> {
    const { hostname, port } = new URL(server.url)
    const sockets = new Set<Socket>()
    const proxy = createServer((socket) => {
      sockets.add(socket.on('error', () => {}))
      socket.once('data', (head: Buffer) => {
        if (intermediary.isIntercepted(head.toString('latin1')))
          return void (intermediary.answer !== null && socket.end(intermediary.answer))
        const onward = dial(Number(port), hostname, () => onward.write(head))
        onward.on('error', () => socket.destroy()).on('close', () => socket.destroy())
        socket.pipe(onward).pipe(socket)
      })
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const intermediary = new Intermediary(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, sockets)
    t.after(() => {
      intermediary.hangUp()
      proxy.close()
    })
    return intermediary
  }

  /** Destroys all open connections, so that the next request goes through `isIntercepted`. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
  }
}

test('[B20] whatever an intermediary answers in place of the server, the cached page opens and reconnects by itself', async (t) => {
  await using server = await BrowserServer.open()
  const intermediary = await Intermediary.open(t, server)
  await using visitor = await Visitor.open(intermediary.url)
  await visitor.goto('/')
  await visitor.isKept()
  for (const [what, answer] of answers) {
    intermediary.isIntercepted = () => true
    intermediary.answer = answer
    intermediary.hangUp()
    await visitor.goto('/')
    await visitor.tap(1, 1)
    await visitor.sees(1, 1, 'X')
    await visitor.goto('/games/main')
    await visitor.page.getByRole('group', { name: 'Connection' }).waitFor()
    intermediary.isIntercepted = () => false
    intermediary.hangUp()
    await visitor.standsAt('X is to move')
    await visitor.page.getByRole('group', { name: 'Connection' }).waitFor({ state: 'hidden' })
    t.diagnostic(`${what}: the cached page opened`)
  }
  await visitor.leave(/the server responded with a status|WebSocket|ERR_|asks elsewhere: http:\/\/192/)
})

test('[B20] an answer of an intermediary is never cached', async (t) => {
  await using server = await BrowserServer.open()
  const intermediary = await Intermediary.open(t, server)
  await using visitor = await Visitor.open(intermediary.url)
  const { page } = visitor
  let intercepted = 0
  intermediary.isIntercepted = (request) => request.startsWith('GET /assets/') && ++intercepted > 0
  intermediary.answer = html('200 OK', '<title>Wi-Fi</title><h1>Welcome</h1>')
  await visitor.goto('/')
  const workerState = await page.evaluate(async () => {
    const { installing, waiting, active } = await navigator.serviceWorker.register('/sw.js')
    const worker = installing ?? waiting ?? active
    for (let turn = 0; turn < 100 && !/^(?:activated|redundant)$/.test(worker?.state ?? ''); turn++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    return worker?.state
  })
  assert.equal(workerState, 'redundant')
  assert.ok(intercepted > 0)
  intermediary.isIntercepted = () => false
  intermediary.hangUp()
  await page.reload()
  await visitor.isKept()
  const types = await page.evaluate(async () => {
    const [name = ''] = await caches.keys()
    const cache = await caches.open(name)
    const kept = await Promise.all((await cache.keys()).map((request) => cache.match(request)))
    return kept.map((response) => response?.headers.get('content-type') ?? '')
  })
  assert.ok(types.length > 10)
  assert.equal(types.filter((type) => type.startsWith('text/html')).length, 1, types.join())
  await visitor.leave(/MIME|module script|ERR_|Failed to/)
})
