/** Each framing finds the same messages however the stream is divided. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../base/index.ts'
import type { FramingText } from '../description/schema.ts'
import { makeFraming } from './framing.ts'

const framings: readonly (readonly [FramingText, readonly string[]])[] = [
  ['line', ['BOARD ...', '', 'WIN X']],
  ['blank-line', ['X | O\n---', 'WIN', 'a: b']],
  ['json', ['{"a":"}]\\""}', '[1,[2]]', '{}']],
  [{ delimiter: '\0' }, ['one', 'two']],
  [{ length: 'u8' }, ['one', '', 'three']],
  [{ length: 'u16', order: 'little' }, ['one', 'x'.repeat(300)]],
  [{ length: 'u32' }, ['one', 'x'.repeat(70_000)]],
  [{ size: 4 }, ['abcd', 'efgh']],
]

for (const [text, messages] of framings)
  test(`a stream is divided into its messages: ${JSON.stringify(text)}`, () => {
    const framing = makeFraming(text)
    const stream = Buffer.concat(
      messages.map((message) => framing.frame(Buffer.from(message)) ?? assert.fail('it fits')),
    )
    const random = seededRandom(7)
    for (let round = 0; round < 50; round++) {
      let pending = Buffer.alloc(0)
      const found: string[] = []
      for (let at = 0; at < stream.length;) {
        const length = 1 + random.below(Math.min(2_000, stream.length - at))
        pending = Buffer.concat([pending, stream.subarray(at, at + length)])
        at += length
        const { consumed, messages: whole } = framing.split(pending, { hasEnded: false, quietMs: 0 })
        found.push(...whole.map(({ payload }) => Buffer.from(payload).toString()))
        pending = pending.subarray(consumed)
      }
      assert.deepEqual(found, messages)
      assert.equal(pending.length, 0)
    }
  })

test('lines may end in CR LF, and the end of the connection ends the last one', () => {
  const framing = makeFraming('line')
  const { consumed, messages } = framing.split(Buffer.from('a\r\nb'), { hasEnded: true, quietMs: 0 })
  assert.deepEqual(
    messages.map(({ payload }) => Buffer.from(payload).toString()),
    ['a', 'b'],
  )
  assert.equal(consumed, 4)
})

test('a silence ends a message without an end', () => {
  const framing = makeFraming({ silence: 50 })
  assert.equal(framing.split(Buffer.from('abc'), { hasEnded: false, quietMs: 10 }).messages.length, 0)
  assert.equal(framing.split(Buffer.from('abc'), { hasEnded: false, quietMs: 60 }).messages.length, 1)
})

test('HTTP responses are divided by length, by chunks and by the end of the connection', () => {
  const framing = makeFraming('http')
  const stream = Buffer.from(
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none' +
      'HTTP/1.1 409 Conflict\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ntw\r\n1\r\no\r\n0\r\n\r\n' +
      'HTTP/1.0 204 No Content\r\n\r\n' +
      'HTTP/1.0 200 OK\r\n\r\nrest',
  )
  for (let length = 0; length < stream.length; length++)
    assert.ok(framing.split(stream.subarray(0, length), { hasEnded: false, quietMs: 0 }).messages.length < 4)
  const { messages } = framing.split(stream, { hasEnded: true, quietMs: 0 })
  assert.deepEqual(
    messages.map(({ payload, status }) => [status, Buffer.from(payload).toString()]),
    [
      [200, 'one'],
      [409, 'two'],
      [204, ''],
      [200, 'rest'],
    ],
  )
})
