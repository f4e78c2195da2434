import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { AddressBook } from './address-book.ts'

class FakeSocket extends EventEmitter {
  readonly remoteAddress: string
  destroyed = false

  constructor(remoteAddress: string) {
    super()
    this.remoteAddress = remoteAddress
  }

  destroy(): void {
    this.destroyed = true
    setImmediate(() => this.emit('close'))
  }
}

function make(remoteAddress = '192.0.2.1'): Socket {
  return new FakeSocket(remoteAddress) as unknown as Socket
}

function come(book: AddressBook, remoteAddress: string): boolean {
  return book.open(make(remoteAddress))
}

test('[W17] an IPv6 /64 network, which usually belongs to one host, counts as one address', () => {
  const book = new AddressBook({ connectionsPerAddress: 1, socketsPerAddress: 3 })
  const own = ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2:ffff::%eth0', '2001:db8:1:2::9']
  assert.deepEqual(
    own.map((address) => come(book, address)),
    [true, true, true, false],
  )
  assert.ok(come(book, '2001:db8:1:3::1'))
  assert.ok(come(book, '2001:db8::1:2:0:0:1'))
  assert.ok(come(book, '::1'))
})

test('[W17] IPv4 addresses count one by one, also in IPv6-mapped form', () => {
  const book = new AddressBook({ connectionsPerAddress: 1, socketsPerAddress: 1 })
  assert.ok(come(book, '192.0.2.1'))
  assert.ok(come(book, '::ffff:192.0.2.2'))
  assert.ok(!come(book, '::ffff:192.0.2.1'))
})

test('[W26] idle sockets are closed to make room, the longest idle first; busy ones are not', async () => {
  const book = new AddressBook({ connectionsPerAddress: 1, socketsPerAddress: 3 })
  const [first, second, third] = [make(), make(), make()]
  for (const socket of [first, second, third]) assert.ok(book.open(socket))
  assert.ok(!book.open(make()), 'all are busy')
  for (const socket of [second, first]) book.idle(socket, true)
  book.idle(second, false)
  book.idle(second, true)
  assert.ok(book.open(make()))
  assert.deepEqual([first.destroyed, second.destroyed, third.destroyed], [true, false, false])
  await new Promise(setImmediate)
  assert.ok(book.open(make()))
  assert.ok(second.destroyed)
  await new Promise(setImmediate)
  assert.ok(!book.open(make()), 'those that are left are busy')
  third.destroy()
  await new Promise(setImmediate)
  assert.ok(book.open(make()))
})

test('[W26] lasting connections are counted until they end, once each', () => {
  const book = new AddressBook({ connectionsPerAddress: 2, socketsPerAddress: 0 })
  const [leave] = [book.stay('192.0.2.1'), book.stay('192.0.2.1')]
  const refused = (): unknown => assert.throws(() => book.stay('192.0.2.1'), { fault: 'unavailable' })
  refused()
  book.stay('192.0.2.2')
  leave()
  leave()
  book.stay('192.0.2.1')
  refused()
})
