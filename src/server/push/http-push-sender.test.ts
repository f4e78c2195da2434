/** The sender against a push service that answers, refuses, hangs, redirects or never stops. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { silentLog, systemClock } from '../../base/index.ts'
import type { Delivery } from '../../service/index.ts'
import { type Answering, TestPushService } from '../testing/push-service.ts'
import { makeTokenKey } from '../token-keys.ts'
import { HttpPushSender } from './http-push-sender.ts'

const note = { game: 'g7', kind: 'turn', ttlSeconds: 600 } as const

async function setUp(t: TestContext) {
  const service = await TestPushService.open()
  t.after(() => service[Symbol.asyncDispose]())
  const options = { keys: [makeTokenKey()], clock: systemClock, log: silentLog, services: [service.origin] }
  const sender = new HttpPushSender({ ...options, timeoutMs: 300 })
  const device = { ...service.register(), key: sender.key }
  const sendWith = async (answering: Answering): Promise<Delivery> => {
    service.answering = answering
    return sender.send(device, note)
  }
  return { service, sender, device, sendWith }
}

test('[W50] a message reaches the device: game and kind for it alone, lifetime and topic for the push service', async (t) => {
  const { service, sender, device } = await setUp(t)
  assert.equal(await sender.send(device, note), 'sent')
  const [message] = service.received
  assert.deepEqual(JSON.parse(message?.text ?? ''), { game: 'g7', kind: 'turn' })
  assert.deepEqual([message?.ttl, message?.urgency, message?.key], ['600', 'high', sender.key])
  assert.equal(message?.claims.aud, service.origin)
  assert.match(message?.topic ?? '', /^[\w-]{32}$/)
  await sender.send(device, { ...note, kind: 'over' })
  await sender.send(device, { ...note, game: 'g8' })
  const topics = service.received.map(({ topic }) => topic)
  assert.ok(topics[0] === topics[1] && topics[1] !== topics[2], topics.join())
})

test('[W52] the answer says what becomes of the message and of the device', async (t) => {
  const { sendWith } = await setUp(t)
  const status = (code: number, headers = {}): Answering => {
    return (_request, response) => void response.writeHead(code, headers).end('why')
  }
  for (const [answering, delivery] of [
    [status(201), 'sent'],
    [status(404), 'gone'],
    [status(410), 'gone'],
    [status(400), 'failed'],
    [status(403), 'failed'],
    [status(413), 'failed'],
    [status(429, { 'retry-after': '7' }), { laterMs: 7_000 }],
    [status(429, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }), { laterMs: null }],
    [status(503), { laterMs: null }],
  ] as const)
    assert.deepEqual(await sendWith(answering), delivery)
})

test('[W51] no redirect is followed, and a body is not read', async (t) => {
  const { service, sendWith } = await setUp(t)
  const moved = await sendWith((_request, response) => {
    response.writeHead(307, { location: `${service.origin}/elsewhere` }).end()
  })
  assert.equal(moved, 'failed')
  assert.ok(!service.asked.includes('/elsewhere'))
  let written = 0
  const endless = await sendWith((_request, response) => {
    response.writeHead(201)
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536
    }
    response.on('drain', write).on('error', () => {})
    write()
  })
  assert.equal(endless, 'sent')
  assert.ok(written < 16_000_000, `${written} bytes`)
})

test('[W51] a push service that hangs or breaks off holds the sender for a bounded time', async (t) => {
  const { sendWith, device, sender, service } = await setUp(t)
  const from = systemClock.now()
  assert.deepEqual(await sendWith(() => {}), { laterMs: null })
  assert.ok(systemClock.now() - from < 5_000)
  assert.deepEqual(await sendWith((request) => request.socket.destroy()), { laterMs: null })
  const elsewhere = { ...device, endpoint: 'http://127.0.0.1:9/x' }
  assert.equal(await sender.send(elsewhere, note), 'gone')
  assert.equal(service.asked.length, 2)
})

test('[W52] a device with a broken key, or with a key that the server had once, is gone', async (t) => {
  const { sender, device } = await setUp(t)
  assert.equal(await sender.send({ ...device, p256dh: 'BAAA' }, note), 'gone')
  assert.equal(await sender.send({ ...device, key: device.p256dh }, note), 'gone')
})
