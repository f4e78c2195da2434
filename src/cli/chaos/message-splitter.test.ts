import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../base/index.ts'
import { MessageSplitter } from './message-splitter.ts'
import type { Direction } from './plan.ts'

/** The output, with `=` before a message and `-` before other bytes; the same however the input is divided. */
function split(
  parts: readonly (readonly [direction: Direction, text: string])[],
  pieceBytes: number,
): readonly string[] {
  const splitter = new MessageSplitter()
  const out: string[] = []
  for (const [direction, text] of parts) {
    const bytes = Buffer.from(text, 'latin1')
    for (let start = 0; start < bytes.length; start += pieceBytes)
      for (const piece of splitter.push(direction, bytes.subarray(start, start + pieceBytes)))
        out.push(`${piece.isMessage ? '=' : '-'}${piece.bytes.toString('latin1')}`)
    for (const piece of splitter.flush(direction)) out.push(`-${piece.bytes.toString('latin1')}`)
  }
  return out
}

const upgrade = 'GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n'
const upgraded = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'
/** Frames from a client (masked) and from a server: text, 200 bytes, a ping, two fragments, a compressed one. */
const masked = '\x81\x82kkkkab'
const long = `\x81\x7e\x00\xc8${'x'.repeat(200)}`
const ping = '\x89\x00'
const fragments = ['\x01\x01a', '\x80\x01b'] as const
const compressed = '\xc1\x01z'

const cases: Readonly<Record<string, readonly [parts: Parameters<typeof split>[0], whole: readonly string[]]>> = {
  'lines of JSON, and an empty one': [
    [
      ['up', '{"a":1}\n\n{"b":2}\n{"c"'],
      ['down', '{"r":1}\n'],
    ],
    ['={"a":1}\n', '-\n', '={"b":2}\n', '-{"c"', '={"r":1}\n'],
  ],
  'lines of the text protocol': [[['up', 'X 1 1\r\nboard\n']], ['=X 1 1\r\n', '=board\n']],
  'frames of a WebSocket': [
    [
      ['up', upgrade + masked + ping],
      ['down', upgraded + long + fragments.join('') + compressed],
    ],
    [
      `-${upgrade}`,
      `=${masked}`,
      `-${ping}`,
      `-${upgraded}`,
      `=${long}`,
      ...fragments.map((f) => `-${f}`),
      `-${compressed}`,
    ],
  ],
}

for (const [name, [parts, whole]] of Object.entries(cases))
  test(`${name} are found in any pieces`, () => {
    for (const pieceBytes of [1, 2, 3, 7, 1_000])
      assert.deepEqual(split(parts, pieceBytes), whole, `${pieceBytes} at a time`)
  })

test('HTTP, TLS and replies of the text protocol are forwarded unsplit', () => {
  for (const first of ['GET /games/main HTTP/1.1\r\n\r\n', '\x16\x03\x01'])
    assert.deepEqual(split([['up', first]], 1_000), [`-${first}`])
  const reply = 'BOARD main\n\n'
  const [, ...down] = split(
    [
      ['up', 'board\n'],
      ['down', reply],
    ],
    1_000,
  )
  assert.deepEqual(down, [`-${reply}`])
})

test('an endless message is forwarded in pieces, and no byte is lost', () => {
  const splitter = new MessageSplitter()
  const random = seededRandom(1)
  let sent = 0
  let passed = 0
  splitter.push('up', Buffer.from('{'))
  sent++
  while (sent < 5 << 20) {
    const chunk = Buffer.alloc(1 + random.below(1 << 19), 'x')
    sent += chunk.length
    for (const { bytes } of splitter.push('up', chunk)) passed += bytes.length
    assert.ok(sent - passed <= 2 << 20)
  }
  for (const { bytes } of splitter.flush('up')) passed += bytes.length
  assert.equal(passed, sent)
})
