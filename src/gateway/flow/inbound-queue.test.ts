import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../base/index.ts'
import { FairScheduler } from './fair-scheduler.ts'
import { InboundQueue } from './inbound-queue.ts'
import { openWithStub } from '../testing/open.ts'
import { TestSocket } from '../testing/socket.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** An inbound queue whose messages and pauses are recorded. */
function makeQueue(scheduler = new FairScheduler(systemClock)) {
  const handled: string[] = []
  let pauses = 0
  const session = { hear: (message: string) => void handled.push(message) }
  const inbound = new InboundQueue(scheduler, { session, pause: () => pauses++, resume() {} })
  return { handled, inbound, pauses: () => pauses }
}

test('[W23] a client that sends little at a time is never delayed', async () => {
  const { handled, inbound, pauses } = makeQueue()
  for (let index = 0; index < 100; index++) {
    inbound.take(String(index))
    assert.equal(handled.length, index + 1)
    await turn()
  }
  assert.equal(pauses(), 0)
})

test('[W23] messages that arrive at once are handled over several turns, in order, while the socket is paused', async () => {
  const { handled, inbound, pauses } = makeQueue()
  for (let index = 0; index < 100; index++) inbound.take(String(index))
  assert.equal(handled.length, 32)
  assert.equal(pauses(), 1)
  for (let turns = 0; turns < 10 && handled.length < 100; turns++) await turn()
  assert.deepEqual(
    handled,
    Array.from({ length: 100 }, (_, index) => String(index)),
  )
})

test('[W23] two clients that send much take turns', async () => {
  const scheduler = new FairScheduler(systemClock)
  const [one, two] = [makeQueue(scheduler), makeQueue(scheduler)]
  for (let index = 0; index < 100; index++) one.inbound.take('')
  for (let index = 0; index < 100; index++) two.inbound.take('')
  await turn()
  assert.deepEqual([one.handled.length, two.handled.length], [64, 64])
})

test('[W7] a slow reader that closed its half is done once it has read', async () => {
  let isOver = false
  const inbound: InboundQueue = new InboundQueue(new FairScheduler(systemClock), {
    // The answer to the last message makes the reader slow.
    session: { hear: (message) => void (message === '39' && inbound.setReaderSlow(true)) },
    pause() {},
    resume() {},
  })
  for (let index = 0; index < 40; index++) inbound.take(String(index))
  inbound.after(() => (isOver = true))
  for (let turns = 0; turns < 3; turns++) await turn()
  inbound.setReaderSlow(false)
  for (let turns = 0; turns < 3; turns++) await turn()
  assert.equal(isOver, true)
})

test('[S31] messages that arrived together have the same time of arrival, however long the first took', async (t) => {
  const { gateway, host } = await openWithStub(t, { clock: systemClock })
  const sockets = [TestSocket.to(gateway), TestSocket.to(gateway)]
  for (const socket of sockets) await socket.write('{"hello":1}\n').until('heard {"hello":1}')
  const busyMs = 200
  const handled: { readonly at: number; readonly servedAt: number }[] = []
  host.inbound = (_, at) => {
    handled.push({ at, servedAt: systemClock.now() })
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs)
  }
  for (const socket of sockets) socket.write('now\n')
  for (const socket of sockets) await socket.until('heard now')
  const [first, second] = handled
  assert.ok(first !== undefined && second !== undefined)
  assert.ok(second.servedAt - first.servedAt >= busyMs)
  assert.ok(second.at - first.at < busyMs / 2, `${second.at - first.at} ms apart`)
})
