import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { systemClock } from '../base/index.ts'
import { Floor } from './hearing.ts'
import { Portions } from './portions.ts'

/** A socket at which `arrive` makes bytes arrive, and what its reader was given, each time as text. */
function setUp() {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const read: string[] = []
  const reader = (chunk: Buffer): void => void read.push(chunk.toString())
  socket.on('data', reader)
  const portions = new Portions(socket, new Floor(systemClock))
  const text = (length: number): string => Array.from({ length }, (_, index) => index % 10).join('')
  return { socket, read, reader, portions, text, arrive: (said: string) => void socket.push(said) }
}

async function pass(turns: number): Promise<void> {
  for (let count = 0; count < turns; count++) await new Promise((resolve) => setImmediate(resolve))
}

test('[W23] little in one piece is read at once, much a kilobyte a turn, in order', async () => {
  const { read, text, arrive } = setUp()
  arrive(text(1_024))
  await pass(1)
  assert.deepEqual(read, [text(1_024)])
  const much = text(10_001)
  arrive(much)
  await pass(3)
  assert.ok(read.length < 6, `${read.length} portions in three turns`)
  arrive('and the end')
  await pass(30)
  assert.equal(read.slice(1).join(''), `${much}and the end`)
  assert.ok(read.every((portion) => portion.length <= 1_024))
})

test('[W23] what has arrived is kept while nothing is to be read, also where its reader lets the socket flow', async () => {
  const { socket, read, portions, text, arrive } = setUp()
  arrive(text(4_000))
  await pass(2)
  const before = read.length
  portions.pause()
  await pass(10)
  assert.equal(read.length, before)
  portions.resume()
  socket.resume()
  for (let count = 0; count < 20; count++) arrive(text(1_000))
  await pass(100)
  assert.equal(read.join(''), `${text(4_000)}${text(1_000).repeat(20)}`)
})

test('[W23] nothing is kept beside one piece: the socket waits', async () => {
  const { socket, portions, text, arrive } = setUp()
  arrive(text(8_000))
  await pass(2)
  portions.resume()
  assert.ok(socket.isPaused())
  await pass(2)
  assert.ok(socket.isPaused())
  await pass(30)
  assert.ok(!socket.isPaused())
})

test('[W23] a reader that removes its listener is given nothing more', async () => {
  const { socket, read, reader, text, arrive } = setUp()
  arrive(text(5_000))
  await pass(2)
  socket.removeListener('data', reader)
  const before = read.length
  await pass(20)
  arrive(text(10))
  await pass(2)
  assert.equal(read.length, before)
  assert.equal(socket.listenerCount('data'), 0)
})
