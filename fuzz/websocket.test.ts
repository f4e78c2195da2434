/** Raw frames, right and wrong, each with the code that closes the connection (RFC 6455, 7.4.1). */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocketServer } from 'ws'
import { record } from '../e2e/lib/record.ts'
import { openHouse } from './lib/server-in-process.ts'
import { type Frame, judgeMessage } from './lib/judge.ts'
import type { Place } from './lib/talk.ts'
import { makeFrame, say } from './lib/websocket-talk.ts'

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
const bytes = (...list: readonly number[]): Buffer => Buffer.from(list)
const join = (...list: readonly Buffer[]): Buffer => Buffer.concat(list)
const close = (code: number, reason: string | Buffer = ''): Buffer =>
  makeFrame(0x88, join(bytes(code >> 8, code & 255), Buffer.from(reason)))
/** A head that claims a length, and nothing behind it. */
const claim = (first: number, ...length: readonly number[]): Buffer => bytes(first, ...length, 0, 0, 0, 0)
const mask = (first: number, text: string, key: readonly number[]): Buffer => {
  const payload = Buffer.from(Buffer.from(text).map((byte, index) => byte ^ (key[index % 4] ?? 0)))
  return join(bytes(first, 0x80 | payload.length, ...key), payload)
}

/** What is said behind the upgrade, and the code of the close frame that comes back; null: none, the answer is enough. */
const vectors: readonly (readonly [title: string, said: Buffer, code: number | null])[] = [
  // Whole and in order.
  ['a message', makeFrame(0x81, ping), null],
  ['a message behind a mask', mask(0x81, ping, [0xde, 0xad, 0xbe, 0xef]), null],
  ['a message in two fragments', join(makeFrame(0x01, ping.slice(0, 9)), makeFrame(0x80, ping.slice(9))), null],
  [
    'a message a character a fragment',
    join(makeFrame(0x01, '{'), ...[...ping.slice(1)].map((c) => makeFrame(0, c)), makeFrame(0x80)),
    null,
  ],
  ['empty fragments around a message', join(makeFrame(0x01), makeFrame(0x00, ping), makeFrame(0x80)), null],
  [
    'a ping between fragments',
    join(makeFrame(0x01, ping.slice(0, 9)), makeFrame(0x89, 'p'), makeFrame(0x80, ping.slice(9))),
    null,
  ],
  ['a pong that nobody asked for', join(makeFrame(0x8a, 'x'), makeFrame(0x81, ping)), null],
  ['a ping of 125 bytes', join(makeFrame(0x89, 'p'.repeat(125)), makeFrame(0x81, ping)), null],
  ['an empty ping', join(makeFrame(0x89), makeFrame(0x81, ping)), null],
  ['an empty message, which is a heartbeat', join(makeFrame(0x81), makeFrame(0x81, ping)), null],
  ['a length of 40 in two bytes', join(bytes(0x81, 0xfe, 0, ping.length, 0, 0, 0, 0), Buffer.from(ping)), null],
  [
    'a length of 40 in eight bytes',
    join(bytes(0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, ping.length, 0, 0, 0, 0), Buffer.from(ping)),
    null,
  ],
  ['a message of 8,192 bytes', makeFrame(0x81, ping.padEnd(8_192)), null],
  [
    'a character cut in two by fragments',
    join(
      makeFrame(0x01, Buffer.from(`${ping.slice(0, -1)} ,"é`).subarray(0, -1)),
      makeFrame(0x80, join(bytes(0xa9), Buffer.from('":1}'))),
    ),
    null,
  ],
  // Opcodes.
  ...[3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].map(
    (opcode) => [`opcode ${opcode}`, makeFrame(0x80 | opcode, 'x'), 1002] as const,
  ),
  ['a reserved opcode in a fragment', makeFrame(0x03, 'x'), 1002],
  ['a binary message', makeFrame(0x82, 'x'), 1003],
  ['an empty binary message', makeFrame(0x82), 1003],
  ['a binary message in fragments', join(makeFrame(0x02, 'a'), makeFrame(0x80, 'b')), 1003],
  // Reserved bits.
  ['RSV1, as a compressed message has it', makeFrame(0xc1, 'x'), 1002],
  ['RSV2', makeFrame(0xa1, 'x'), 1002],
  ['RSV3', makeFrame(0x91, 'x'), 1002],
  ['all reserved bits', makeFrame(0xf1, 'x'), 1002],
  ['RSV1 on a ping', makeFrame(0xc9), 1002],
  ['RSV1 on a continuation', join(makeFrame(0x01, 'a'), makeFrame(0xc0, 'b')), 1002],
  // Masks.
  ['no mask', join(bytes(0x81, ping.length), Buffer.from(ping)), 1002],
  ['no mask on a ping', bytes(0x89, 0), 1002],
  ['no mask on a close', bytes(0x88, 2, 0x03, 0xe8), 1002],
  // Control frames.
  ['a ping in fragments', makeFrame(0x09, 'x'), 1002],
  ['a pong in fragments', makeFrame(0x0a, 'x'), 1002],
  ['a close in fragments', makeFrame(0x08), 1002],
  ['a ping of 126 bytes', makeFrame(0x89, 'x'.repeat(126)), 1002],
  ['a pong of 126 bytes', makeFrame(0x8a, 'x'.repeat(126)), 1002],
  ['a ping that claims eight bytes of length', claim(0x89, 0xff, 0, 0, 0, 0, 0, 0, 1, 0), 1002],
  // Fragments.
  ['a continuation without a start', makeFrame(0x80, 'x'), 1002],
  ['a continuation that goes on without a start', makeFrame(0x00, 'x'), 1002],
  ['a continuation behind a whole message', join(makeFrame(0x81, ping), makeFrame(0x80, 'x')), 1002],
  ['a message inside a message', join(makeFrame(0x01, 'a'), makeFrame(0x81, 'b')), 1002],
  ['a start inside a message', join(makeFrame(0x01, 'a'), makeFrame(0x01, 'b')), 1002],
  [
    'fragments that are too large together',
    join(makeFrame(0x01, 'x'.repeat(8_000)), makeFrame(0x80, 'x'.repeat(193))),
    1009,
  ],
  ['20,000 empty fragments', join(makeFrame(0x01), ...Array.from({ length: 20_000 }, () => makeFrame(0x00))), 1008],
  // Lengths.
  ['a message of 8,193 bytes', makeFrame(0x81, 'x'.repeat(8_193)), 1009],
  ['a claim of 65,535 bytes', claim(0x81, 0xfe, 0xff, 0xff), 1009],
  ['a claim of 4 GiB', claim(0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0), 1009],
  ['a claim of 2^53 bytes', claim(0x81, 0xff, 0, 0x20, 0, 0, 0, 0, 0, 0), 1009],
  ['a claim of 2^63 bytes', claim(0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0), 1009],
  ['a claim of 2^64 − 1 bytes', claim(0x81, 0xff, 255, 255, 255, 255, 255, 255, 255, 255), 1009],
  // UTF-8.
  ['a byte that is no UTF-8', makeFrame(0x81, bytes(0xff)), 1007],
  ['a surrogate in UTF-8', makeFrame(0x81, bytes(0xed, 0xa0, 0x80)), 1007],
  ['an overlong slash', makeFrame(0x81, bytes(0xc0, 0xaf)), 1007],
  ['beyond U+10FFFF', makeFrame(0x81, bytes(0xf4, 0x90, 0x80, 0x80)), 1007],
  ['half a character at the end', makeFrame(0x81, bytes(0x61, 0xc3)), 1007],
  ['half a character at the end of the last fragment', join(makeFrame(0x01, 'a'), makeFrame(0x80, bytes(0xc3))), 1007],
  // Closes.
  ['a close without a code', makeFrame(0x88), 1005],
  ['a close with 1000', close(1000), 1000],
  ['a close with 1001 and a reason', close(1001, 'away'), 1001],
  ['a close with 3000', close(3000), 3000],
  ['a close with 4999', close(4999), 4999],
  ['a close with a reason of 123 bytes', close(1000, 'x'.repeat(123)), 1000],
  ['a close with a reason of 124 bytes', close(1000, 'x'.repeat(124)), 1002],
  ['a close with half a code', makeFrame(0x88, bytes(3)), 1002],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
    (code) => [`a close with ${code}`, close(code), 1002] as const,
  ),
  ['a close whose reason is no UTF-8', close(1000, bytes(0xff)), 1007],
  ['a message behind a close', join(close(1000), makeFrame(0x81, ping)), 1000],
]

/** The code of the close that came back: 1005 for one without; null where none came. */
function codeOf(frames: readonly Frame[]): number | null {
  const closes = frames.filter(({ opcode }) => opcode === 8)
  assert.ok(closes.length <= 1, 'it closed twice')
  const [first] = closes
  return first === undefined ? null : first.payload.length === 0 ? 1005 : first.payload.readUInt16BE(0)
}

/** How many vectors are answered otherwise, and what about the first of them. */
async function failures(place: Place): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const [title, said, code] of vectors) {
    const frames = await say(place, said)
    const got = codeOf(frames)
    const answers = frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => judgeMessage(payload.toString()))
    if (got !== code) wrong.push(`${title}: ${got} instead of ${code}`)
    else if (code === null && answers.length !== 1) wrong.push(`${title}: ${answers.length} answers`)
  }
  return wrong
}

test(`[W11] ${vectors.length} vectors of raw frames: each closes with its code, or is answered`, async () => {
  await using house = await openHouse()
  assert.ok(vectors.length >= 60)
  assert.deepEqual(await failures(house), [])
  record('websocket-vectors', {
    promise: 'raw WebSocket frames, right and wrong, each lead to the close code that RFC 6455 gives them',
    test: 'fuzz/websocket.test.ts',
    figure: `${vectors.length} vectors, 0 closed otherwise`,
    command: 'node --test fuzz/websocket.test.ts',
  })
})

test('a server that takes any length and any bytes for text is caught', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, skipUTF8Validation: true })
  server.on('connection', (ws) => {
    ws.on('error', () => {})
    ws.on('message', (data, isBinary) => {
      if (!isBinary && Buffer.isBuffer(data) && data.length > 0) ws.send('{"jsonrpc":"2.0","id":1,"result":{}}')
    })
  })
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const wrong = await failures({ host: '127.0.0.1', port: address.port })
  server.close()
  assert.match(wrong.join('\n'), /a message of 8,193 bytes: /)
  assert.match(wrong.join('\n'), /a byte that is no UTF-8: /)
  record('websocket-vectors', {
    planted: 'any length and any bytes are taken for text',
    caughtAfter: `${vectors.length} vectors, ${wrong.length} of them wrong`,
  })
})
