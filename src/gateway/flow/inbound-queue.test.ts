import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../base/index.ts'
import { FairScheduler, InboundQueue } from './inbound-queue.ts'
import { open } from '../testing/open.ts'
import { TestSocket } from '../testing/socket.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A connection of which is known what was heard, and how often it was paused. */
function listen(scheduler = new FairScheduler(systemClock)) {
  const heard: string[] = []
  let pauses = 0
  const inbound = new InboundQueue(scheduler, {
    hear: (message) => heard.push(message),
    pause: () => pauses++,
    resume() {},
  })
  return { heard, inbound, pauses: () => pauses }
}

test('[W23] whoever says little at a time is never held up, however long it goes on', async () => {
  const { heard, inbound, pauses } = listen()
  for (let said = 0; said < 100; said++) {
    inbound.take(String(said))
    assert.equal(heard.length, said + 1)
    await turn()
  }
  assert.equal(pauses(), 0)
})

test('[W23] what is said at once is heard over several turns, in order, and nothing more is taken meanwhile', async () => {
  const { heard, inbound, pauses } = listen()
  for (let said = 0; said < 100; said++) inbound.take(String(said))
  assert.equal(heard.length, 32)
  assert.equal(pauses(), 1)
  for (let turns = 0; turns < 10 && heard.length < 100; turns++) await turn()
  assert.deepEqual(
    heard,
    Array.from({ length: 100 }, (_, said) => String(said)),
  )
})

test('[W23] two who say much take turns', async () => {
  const scheduler = new FairScheduler(systemClock)
  const [one, two] = [listen(scheduler), listen(scheduler)]
  for (let said = 0; said < 100; said++) one.inbound.take('')
  for (let said = 0; said < 100; said++) two.inbound.take('')
  await turn()
  assert.deepEqual([one.heard.length, two.heard.length], [64, 64])
})

test('[W7] who closed their half and read slowly is at the end once they have read', async () => {
  let isOver = false
  const inbound: InboundQueue = new InboundQueue(new FairScheduler(systemClock), {
    // The answer to the last message is one too many.
    hear: (message) => void (message === '39' && inbound.slow(true)),
    pause() {},
    resume() {},
  })
  for (let said = 0; said < 40; said++) inbound.take(String(said))
  inbound.after(() => (isOver = true))
  for (let turns = 0; turns < 3; turns++) await turn()
  inbound.slow(false)
  for (let turns = 0; turns < 3; turns++) await turn()
  assert.equal(isOver, true)
})

test('[S31] what came together was heard together, however long the first took', async (t) => {
  const { gateway, host } = await open(t, { clock: systemClock })
  const sockets = [TestSocket.to(gateway), TestSocket.to(gateway)]
  for (const socket of sockets) await socket.write('hello there\n').until('heard hello there')
  const busyMs = 200
  const heard: { readonly at: number; readonly servedAt: number }[] = []
  host.inbound = (_, at) => {
    heard.push({ at, servedAt: systemClock.now() })
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs)
  }
  for (const socket of sockets) socket.write('now\n')
  for (const socket of sockets) await socket.until('heard now')
  const [first, second] = heard
  assert.ok(first !== undefined && second !== undefined)
  assert.ok(second.servedAt - first.servedAt >= busyMs)
  assert.ok(second.at - first.at < busyMs / 2, `${second.at - first.at} ms apart`)
})
