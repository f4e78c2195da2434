import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWithStub } from './testing/open.ts'
import { Proxies } from './proxies.ts'
import { TestSocket } from './testing/socket.ts'

test('[W29] X-Forwarded-For is believed from trusted proxies only, also in a chain', () => {
  const proxies = new Proxies(['192.0.2.1', '10.0.0.0/8', '2001:db8::/32'])
  const cases = [
    ['192.0.2.1', '203.0.113.7', '203.0.113.7'],
    ['192.0.2.1', '203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['192.0.2.1', 'evil, 203.0.113.7', '203.0.113.7'],
    ['192.0.2.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['2001:db8::9', '[2001:db9::1]:443', '2001:db9::1'],
    ['10.9.9.9', '203.0.113.7:51234', '203.0.113.7'],
    ['10.9.9.9', '::ffff:203.0.113.7', '203.0.113.7'],
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', 'unknown', '192.0.2.1'],
    ['192.0.2.1', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['192.0.2.2', '203.0.113.7', '192.0.2.2'],
    ['', '203.0.113.7', ''],
  ] as const
  for (const [peer, input, client] of cases) assert.equal(proxies.clientOf(peer, input), client, `${peer}: ${input}`)
  assert.equal(new Proxies().clientOf('192.0.2.1', '203.0.113.7'), '192.0.2.1')
  for (const wrong of ['oxo.example', '10.0.0.0/8/8', '10.0.0.0/99', '']) assert.throws(() => new Proxies([wrong]))
})

const get = (from: string): string => `GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${from}\r\n\r\n`
const stream = (from: string): string => get(from).replace('/livez', '/games/main/changes')
const rates = { requestsPerSecond: 1_000, requestBurst: 2, addressUnitsPerSecond: 1, addressUnitBurst: 3 }

test('[W29] behind a proxy each client has the rate of its own address, over one connection of the proxy', async (t) => {
  const { gateway } = await openWithStub(t, { limits: rates, trustedProxies: ['127.0.0.1'] })
  const input = ['1', '1', '1', '1', '2'].map((end) => get(`192.0.2.${end}`)).join('')
  const { length } = input
  const socket = TestSocket.to(gateway).write(input.slice(0, length))
  assert.deepEqual((await socket.all()).match(/HTTP\/1.1 \d+/g), [...Array(3).fill('HTTP/1.1 200'), 'HTTP/1.1 429'])
  const other = TestSocket.to(gateway).write(get('192.0.2.2'))
  await other.until('alive')
  other.socket.destroy()
})

test('[W29] behind a proxy each client has its own connection limit, and the proxy has no socket limit', async (t) => {
  const limits = { connectionsPerAddress: 1, socketsPerAddress: 2 }
  const { gateway } = await openWithStub(t, { limits, trustedProxies: ['127.0.0.0/8'] })
  const inside = ['1', '2', '3', '4'].map((end) => TestSocket.to(gateway).write(stream(`192.0.2.${end}`)))
  await Promise.all(inside.map((socket) => socket.until('game.changed')))
  assert.match(await TestSocket.to(gateway).write(stream('192.0.2.1')).all(), /^HTTP\/1.1 503 /)
  for (const { socket } of inside) socket.destroy()
})

test('[W29] without --trust-proxy X-Forwarded-For changes nothing', async (t) => {
  const { gateway } = await openWithStub(t, { limits: { ...rates, requestBurst: 100, addressUnitBurst: 4 } })
  const input = ['1', '2', '3'].map((end) => get(`192.0.2.${end}`)).join('')
  const answers = (await TestSocket.to(gateway).write(input).all()).match(/HTTP\/1.1 \d+/g)
  assert.deepEqual(answers, ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 429'])
})
