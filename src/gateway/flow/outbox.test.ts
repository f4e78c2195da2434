import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog, VirtualClock } from '../../base/index.ts'
import { limits } from '../../protocol/index.ts'
import { silentMeter } from '../../service/index.ts'
import { Flusher, Outbox, type OutboxTarget, type Sink } from './outbox.ts'
import { settle } from '../testing/open.ts'
import { TimerWheel } from './timer-wheel.ts'

/** Takes everything and sends nothing on until told to. */
class Pipe implements Sink {
  readonly writes: string[] = []
  isBlocked = false
  writableLength = 0

  write(text: string): boolean {
    this.writes.push(text)
    if (this.isBlocked) this.writableLength += text.length
    return this.writableLength < 100
  }
}

const shared = {
  flusher: new Flusher(),
  limits,
  log: silentLog,
  meter: silentMeter,
  wheel: new TimerWheel(new VirtualClock(), 1_000),
}

function setUp() {
  const sink = new Pipe()
  const turns: (boolean | 'given up')[] = []
  const skipped: string[] = []
  const sender: OutboxTarget = {
    protocol: 'lines',
    frame: (message) => `${message}\n`,
    slow: (isSlow) => void turns.push(isSlow),
    yield() {},
    cutOff: () => void turns.push('given up'),
  }
  const outbox = new Outbox(sender, sink, 'utf8', {
    ...shared,
    meter: { ...silentMeter, count: (counter) => void skipped.push(counter) },
    limits: { ...limits, unsentBytesMax: 100 },
  })
  return { sink, outbox, turns, skipped }
}

test('[W8] what is sent in one turn of the loop is one write', async () => {
  const { sink, outbox } = setUp()
  outbox.send('a')
  outbox.sendNewest('key', 'b')
  outbox.send('c')
  assert.deepEqual(sink.writes, [])
  await settle(1)
  assert.deepEqual(sink.writes, ['a\nb\nc\n'])
})

test('[W9] a slow reader gets every answer, and of states the newest of each key', async () => {
  const { sink, outbox, turns, skipped } = setUp()
  sink.isBlocked = true
  outbox.send('x'.repeat(200))
  await settle(1)
  assert.deepEqual(turns, [true])
  for (const state of [1, 2, 3]) outbox.sendNewest('a', `a${state}`)
  outbox.sendNewest('b', 'b1')
  outbox.send('answer')
  await settle(1)
  assert.deepEqual(sink.writes.slice(1), ['answer\n'])

  sink.isBlocked = false
  sink.writableLength = 0
  outbox.drain()
  await settle(1)
  assert.deepEqual(sink.writes.slice(2), ['a3\nb1\n'])
  assert.deepEqual(turns, [true, false])
  assert.deepEqual(skipped, ['skipped_states_total', 'skipped_states_total'])
})

test('[W9] a long write that leaves at once makes nobody slow', async () => {
  const { sink, outbox, turns } = setUp()
  outbox.send('x'.repeat(1_000))
  await settle(1)
  assert.equal(sink.writes.length, 1)
  assert.deepEqual(turns, [])
})

test('[W8] nothing is written after the end', async () => {
  const { sink, outbox } = setUp()
  outbox.send('a')
  outbox.end()
  outbox.send('b')
  await settle(1)
  assert.deepEqual(sink.writes, [])
})

test('[W23] answers leave before states, and states to some connections a turn', async () => {
  const flusher = new Flusher()
  const left: string[] = []
  const sender: OutboxTarget = { protocol: 'lines', frame: (message) => message, slow() {}, yield() {}, cutOff() {} }
  const outboxes = Array.from({ length: 1_000 }, (_, index) => {
    const sink: Sink = { write: (text) => left.push(`${index}:${text}`) > 0, writableLength: 0 }
    return new Outbox(sender, sink, 'utf8', { ...shared, flusher })
  })
  for (const outbox of outboxes) outbox.sendNewest('game', 'state')
  outboxes[999]?.send('answer')
  await new Promise(setImmediate)
  assert.equal(left[0], '999:stateanswer')
  assert.ok(left.length < 500, `${left.length} in one turn`)
  while (left.length < 1_000) await new Promise(setImmediate)
  assert.equal(new Set(left).size, 1_000)
})

test('[W9] of a slow reader so many states are held, and with more it is given up', () => {
  const { sink, outbox, turns } = setUp()
  sink.isBlocked = true
  outbox.send('x'.repeat(200))
  outbox.flush()
  for (let key = 0; key <= limits.heldStatesMax; key++) outbox.sendNewest(`lobby ${key}`, 'state')
  assert.deepEqual(turns, [true, 'given up'])
})

test('[S36] whoever waits until an answer has left is told when the reader has it, and when there is no reader', async () => {
  const { sink, outbox } = setUp()
  const told: string[] = []
  outbox.whenSent(() => told.push('nothing was sent'))
  outbox.send('short')
  outbox.whenSent(() => told.push('short'))
  assert.deepEqual(told, ['nothing was sent'], 'it is not even written')
  await settle(1)
  assert.deepEqual(told, ['nothing was sent', 'short'])
  sink.isBlocked = true
  outbox.send('x'.repeat(200))
  outbox.whenSent(() => told.push('long'))
  await settle(1)
  outbox.send('behind')
  outbox.whenSent(() => told.push('behind'))
  await settle(1)
  assert.deepEqual(told.slice(2), [])
  sink.isBlocked = false
  sink.writableLength = 0
  outbox.drain()
  assert.deepEqual(told.slice(2), ['long', 'behind'])
  sink.isBlocked = true
  outbox.send('x'.repeat(200))
  outbox.whenSent(() => told.push('the reader has gone'))
  await settle(1)
  outbox.end()
  assert.deepEqual(told.slice(4), ['the reader has gone'])
})
