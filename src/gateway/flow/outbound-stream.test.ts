import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog, VirtualClock } from '../../base/index.ts'
import { limits } from '../../protocol/index.ts'
import { silentMeter } from '../../service/index.ts'
import { Flusher } from './flusher.ts'
import { OutboundStream, type OutboundTarget, type SocketSink } from './outbound-stream.ts'
import { settleSockets } from '../testing/open.ts'
import { TimerWheel } from './timer-wheel.ts'

/** A sink that accepts everything and can be blocked. */
class Pipe implements SocketSink {
  readonly writes: string[] = []
  isBlocked = false
  writableLength = 0

  write(text: string): boolean {
    this.writes.push(text)
    if (this.isBlocked) this.writableLength += text.length
    return this.writableLength < 100
  }
}

const clock = new VirtualClock()

const shared = {
  clock,
  enter() {},
  leave() {},
  flusher: new Flusher(),
  limits,
  log: silentLog,
  meter: silentMeter,
  wheel: new TimerWheel(clock, 1_000),
}

const silentTarget: OutboundTarget = {
  protocol: 'lines',
  address: '192.0.2.1',
  frame: (message) => message,
  cutOff() {},
  close() {},
  beat() {},
  expectsTraffic: () => false,
  peerIsGone() {},
}

function setUp() {
  const sink = new Pipe()
  const turns: (boolean | 'given up')[] = []
  const skipped: string[] = []
  const target: OutboundTarget = {
    ...silentTarget,
    frame: (message) => `${message}\n`,
    cutOff: () => void turns.push('given up'),
  }
  const inbound = { setReaderSlow: (isSlow: boolean) => void turns.push(isSlow), endTurn() {} }
  const stream = new OutboundStream(
    target,
    { sink, encoding: 'utf8', inbound, hasHeartbeat: false },
    {
      ...shared,
      meter: { ...silentMeter, count: (counter) => void skipped.push(counter) },
      limits: { ...limits, unsentBytesMax: 100 },
    },
  )
  return { sink, stream, turns, skipped }
}

test('[W8] the messages of one turn of the event loop are one write', async () => {
  const { sink, stream } = setUp()
  stream.send('a')
  stream.sendNewest('key', 'b')
  stream.send('c')
  assert.deepEqual(sink.writes, [])
  await settleSockets(1)
  assert.deepEqual(sink.writes, ['a\nb\nc\n'])
})

test('[W9] a slow reader gets every answer, but only the newest state of each key', async () => {
  const { sink, stream, turns, skipped } = setUp()
  sink.isBlocked = true
  stream.send('x'.repeat(200))
  await settleSockets(1)
  assert.deepEqual(turns, [true])
  for (const state of [1, 2, 3]) stream.sendNewest('a', `a${state}`)
  stream.sendNewest('b', 'b1')
  stream.send('answer')
  await settleSockets(1)
  assert.deepEqual(sink.writes.slice(1), ['answer\n'])

  sink.isBlocked = false
  sink.writableLength = 0
  stream.drain()
  await settleSockets(1)
  assert.deepEqual(sink.writes.slice(2), ['a3\nb1\n'])
  assert.deepEqual(turns, [true, false])
  assert.deepEqual(skipped, ['skipped_states_total', 'skipped_states_total'])
})

test('[W9] a long write that is sent at once does not make the reader slow', async () => {
  const { sink, stream, turns } = setUp()
  stream.send('x'.repeat(1_000))
  await settleSockets(1)
  assert.equal(sink.writes.length, 1)
  assert.deepEqual(turns, [])
})

test('[W8] nothing is written after the end', async () => {
  const { sink, stream } = setUp()
  stream.send('a')
  stream.end()
  stream.send('b')
  await settleSockets(1)
  assert.deepEqual(sink.writes, [])
})

test('[W23] answers are sent before states, and states to a bounded number of connections per turn', async () => {
  const flusher = new Flusher()
  const left: string[] = []
  const streams = Array.from({ length: 1_000 }, (_, index) => {
    const sink: SocketSink = { write: (text) => left.push(`${index}:${text}`) > 0, writableLength: 0 }
    return new OutboundStream(silentTarget, { sink, encoding: 'utf8', hasHeartbeat: false }, { ...shared, flusher })
  })
  for (const stream of streams) stream.sendNewest('game', 'state')
  streams[999]?.send('answer')
  await new Promise(setImmediate)
  assert.equal(left[0], '999:stateanswer')
  assert.ok(left.length < 500, `${left.length} in one turn`)
  while (left.length < 1_000) await new Promise(setImmediate)
  assert.equal(new Set(left).size, 1_000)
})

test('[W9] heldStatesMax states are held for a slow reader; with more it is disconnected', () => {
  const { sink, stream, turns } = setUp()
  sink.isBlocked = true
  stream.send('x'.repeat(200))
  stream.flush()
  for (let key = 0; key <= limits.heldStatesMax; key++) stream.sendNewest(`lobby ${key}`, 'state')
  assert.deepEqual(turns, [true, 'given up'])
})

test('[S36] whenSent calls back when the answer was sent, and when the reader is gone', async () => {
  const { sink, stream } = setUp()
  const called: string[] = []
  stream.whenSent(() => called.push('nothing was sent'))
  stream.send('short')
  stream.whenSent(() => called.push('short'))
  assert.deepEqual(called, ['nothing was sent'], 'it is not even written')
  await settleSockets(1)
  assert.deepEqual(called, ['nothing was sent', 'short'])
  sink.isBlocked = true
  stream.send('x'.repeat(200))
  stream.whenSent(() => called.push('long'))
  await settleSockets(1)
  stream.send('after')
  stream.whenSent(() => called.push('after'))
  await settleSockets(1)
  assert.deepEqual(called.slice(2), [])
  sink.isBlocked = false
  sink.writableLength = 0
  stream.drain()
  assert.deepEqual(called.slice(2), ['long', 'after'])
  sink.isBlocked = true
  stream.send('x'.repeat(200))
  stream.whenSent(() => called.push('the reader has gone'))
  await settleSockets(1)
  stream.end()
  assert.deepEqual(called.slice(4), ['the reader has gone'])
})
