import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { AddressBook } from './address-book.ts'

function come(book: AddressBook, remoteAddress: string): boolean {
  return book.open(Object.assign(new EventEmitter(), { remoteAddress }) as Socket)
}

test('[W17] one IPv6 network of 64 bits, which one host has to itself, is one address', () => {
  const book = new AddressBook(3)
  const own = ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2:ffff::%eth0', '2001:db8:1:2::9']
  assert.deepEqual(
    own.map((address) => come(book, address)),
    [true, true, true, false],
  )
  assert.ok(come(book, '2001:db8:1:3::1'))
  assert.ok(come(book, '2001:db8::1:2:0:0:1'))
  assert.ok(come(book, '::1'))
})

test('[W17] IPv4 addresses are one each, however they travel', () => {
  const book = new AddressBook(1)
  assert.ok(come(book, '192.0.2.1'))
  assert.ok(come(book, '::ffff:192.0.2.2'))
  assert.ok(!come(book, '::ffff:192.0.2.1'))
})
