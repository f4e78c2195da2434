/** What stands between a browser and its server, and answers in its place: the page that is kept stays. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect as dial, createServer, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { House } from './house.ts'
import { Visitor } from './visitor.ts'

const html = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`

const json = '{"error":"maintenance"}'

/** What it says instead of the server; null: nothing, ever. */
const answers: readonly (readonly [what: string, answer: string | null])[] = [
  ['502 of a proxy', html('502 Bad Gateway', '<h1>Bad Gateway</h1>')],
  ['503 of a proxy', html('503 Service Unavailable', '<h1>Maintenance</h1>')],
  ['403 of a filter', html('403 Forbidden', '<h1>Blocked</h1>')],
  ['429 of a limit', html('429 Too Many Requests', '<h1>Slow down</h1>')],
  ['greeting of a hotel', html('200 OK', '<title>Wi-Fi</title><h1>Welcome</h1>')],
  ['way to the greeting', 'HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nConnection: close\r\n\r\n'],
  [
    '200 that is no page',
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
  ],
  ['network that swallows', null],
]

/** Passes everything on, but for the requests that `isTaken`: those get the answer of the moment. */
class Between {
  readonly url: string
  isTaken: (request: string) => boolean = () => false
  answer: string | null = null
  readonly #sockets: Set<Socket>

  private constructor(url: string, sockets: Set<Socket>) {
    this.url = url
    this.#sockets = sockets
  }

  static async open(t: TestContext, house: House): Promise<Between> {
    const { hostname, port } = new URL(house.url)
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => {}))
      socket.once('data', (head: Buffer) => {
        if (between.isTaken(head.toString('latin1')))
          return void (between.answer !== null && socket.end(between.answer))
        const onward = dial(Number(port), hostname, () => onward.write(head))
        onward.on('error', () => socket.destroy()).on('close', () => socket.destroy())
        socket.pipe(onward).pipe(socket)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const between = new Between(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets)
    t.after(() => {
      between.hangUp()
      server.close()
    })
    return between
  }

  /** Connections that are open keep what they got. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
  }
}

test('[B20] whatever answers in place of the server, the page that is kept opens, and connects again by itself', async (t) => {
  await using house = await House.open()
  const between = await Between.open(t, house)
  await using visitor = await Visitor.open(between.url)
  await visitor.goto('/')
  await visitor.isKept()
  for (const [what, answer] of answers) {
    between.isTaken = () => true
    between.answer = answer
    between.hangUp()
    await visitor.goto('/')
    await visitor.tap(1, 1)
    await visitor.sees(1, 1, 'X')
    await visitor.goto('/games/main')
    await visitor.page.getByRole('group', { name: 'Connection' }).waitFor()
    between.isTaken = () => false
    between.hangUp()
    await visitor.standsAt('X is to move')
    await visitor.page.getByRole('group', { name: 'Connection' }).waitFor({ state: 'hidden' })
    t.diagnostic(`${what}: the page that was kept`)
  }
  await visitor.leave(/the server responded with a status|WebSocket|ERR_|asks elsewhere: http:\/\/192/)
})

test('[B20] what answers in place of the server is never kept', async (t) => {
  await using house = await House.open()
  const between = await Between.open(t, house)
  await using visitor = await Visitor.open(between.url)
  const { page } = visitor
  let taken = 0
  between.isTaken = (request) => request.startsWith('GET /assets/') && ++taken > 0
  between.answer = html('200 OK', '<title>Wi-Fi</title><h1>Welcome</h1>')
  await visitor.goto('/')
  const isInstalled = await page.evaluate(async () => {
    const { installing, waiting, active } = await navigator.serviceWorker.register('/sw.js')
    const worker = installing ?? waiting ?? active
    for (let turn = 0; turn < 100 && !/^(?:activated|redundant)$/.test(worker?.state ?? ''); turn++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    return worker?.state
  })
  assert.equal(isInstalled, 'redundant')
  assert.ok(taken > 0)
  between.isTaken = () => false
  between.hangUp()
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
