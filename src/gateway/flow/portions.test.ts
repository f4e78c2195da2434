import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { systemClock } from '../../base/index.ts'
import { FairScheduler } from './fair-scheduler.ts'
import { Portions } from './portions.ts'

/** A socket with an `arrive` function, and the texts that its reader got. */
function setUp() {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const read: string[] = []
  const reader = (chunk: Buffer): void => void read.push(chunk.toString())
  const reading = { isPaused: false }
  socket.on('data', reader)
  new Portions(socket, { bytes: 1_024, scheduler: new FairScheduler(systemClock), isPaused: () => reading.isPaused })
  const text = (length: number): string => Array.from({ length }, (_, index) => index % 10).join('')
  return { socket, read, reader, reading, text, arrive: (input: string) => void socket.push(input) }
}

async function pass(turns: number): Promise<void> {
  for (let count = 0; count < turns; count++) await new Promise((resolve) => setImmediate(resolve))
}

test('[W23] a small chunk is read at once, a large one a kilobyte per turn, in order', async () => {
  const { read, text, arrive } = setUp()
  arrive(text(1_024))
  await pass(1)
  assert.deepEqual(read, [text(1_024)])
  const large = text(10_001)
  arrive(large)
  await pass(3)
  assert.ok(read.length < 6, `${read.length} portions in three turns`)
  arrive('and the end')
  await pass(40)
  assert.equal(read.slice(1).join(''), `${large}and the end`)
  assert.ok(read.every((portion) => portion.length <= 1_024))
})

test('[W23] data is kept while the reader is paused, also if other code resumes the socket', async () => {
  const { socket, read, reading, text, arrive } = setUp()
  arrive(text(4_000))
  await pass(2)
  reading.isPaused = true
  await pass(3)
  const before = read.length
  await pass(10)
  assert.equal(read.length, before)
  reading.isPaused = false
  socket.resume()
  for (let count = 0; count < 20; count++) arrive(text(1_000))
  await pass(100)
  assert.equal(read.join(''), `${text(4_000)}${text(1_000).repeat(20)}`)
})

test('[W23] the end event comes after all data that arrived before was read', async () => {
  const { socket, read, text, arrive } = setUp()
  const atEnd: number[] = []
  socket.on('end', () => atEnd.push(read.join('').length))
  arrive(text(9_000))
  socket.push(null)
  await pass(40)
  assert.deepEqual(atEnd, [9_000])
})

test('[W23] a reader that removes its listener gets no more data, and the rest is discarded at the close', async () => {
  const { socket, read, reader, text, arrive } = setUp()
  const left: number[] = []
  socket.on('close', () => {
    socket.removeListener('data', reader)
    left.push(socket.readableLength)
  })
  arrive(text(5_000))
  await pass(2)
  socket.destroy()
  const before = read.length
  await pass(20)
  assert.equal(read.length, before)
  assert.deepEqual(left, [0])
  assert.equal(socket.listenerCount('data'), 0)
})
