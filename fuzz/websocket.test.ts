/** Valid and invalid raw frames, each with the close code that the server must send (RFC 6455, 7.4.1). */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocketServer } from 'ws'
import { recordFinding } from '../e2e/lib/record.ts'
import { openTestServer } from '../src/gateway/testing/server.ts'
import { type Frame, judgeMessage } from './lib/judge.ts'
import type { Endpoint } from '../src/conformance/endpoint.ts'
import { makeClientFrame, sendFrames } from './lib/websocket-talk.ts'

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
const bytes = (...list: readonly number[]): Buffer => Buffer.from(list)
const join = (...list: readonly Buffer[]): Buffer => Buffer.concat(list)
const close = (code: number, reason: string | Buffer = ''): Buffer =>
  makeClientFrame(0x88, join(bytes(code >> 8, code & 255), Buffer.from(reason)))
/** A frame header that claims a length, without payload. */
const claim = (first: number, ...length: readonly number[]): Buffer => bytes(first, ...length, 0, 0, 0, 0)
const mask = (first: number, text: string, key: readonly number[]): Buffer => {
  const payload = Buffer.from(Buffer.from(text).map((byte, index) => byte ^ (key[index % 4] ?? 0)))
  return join(bytes(first, 0x80 | payload.length, ...key), payload)
}

/**
 * Bytes sent after the upgrade, and the code of the close frame that the server sends; null: an answer and no close.
 */
const vectors: readonly (readonly [title: string, sent: Buffer, code: number | null])[] = [
  // Valid messages.
  ['a message', makeClientFrame(0x81, ping), null],
  ['a masked message', mask(0x81, ping, [0xde, 0xad, 0xbe, 0xef]), null],
  [
    'a message in two fragments',
    join(makeClientFrame(0x01, ping.slice(0, 9)), makeClientFrame(0x80, ping.slice(9))),
    null,
  ],
  [
    'a message with one character per fragment',
    join(makeClientFrame(0x01, '{'), ...[...ping.slice(1)].map((c) => makeClientFrame(0, c)), makeClientFrame(0x80)),
    null,
  ],
  [
    'empty fragments around a message',
    join(makeClientFrame(0x01), makeClientFrame(0x00, ping), makeClientFrame(0x80)),
    null,
  ],
  [
    'a ping between fragments',
    join(makeClientFrame(0x01, ping.slice(0, 9)), makeClientFrame(0x89, 'p'), makeClientFrame(0x80, ping.slice(9))),
    null,
  ],
  ['an unsolicited pong', join(makeClientFrame(0x8a, 'x'), makeClientFrame(0x81, ping)), null],
  ['a ping of 125 bytes', join(makeClientFrame(0x89, 'p'.repeat(125)), makeClientFrame(0x81, ping)), null],
  ['an empty ping', join(makeClientFrame(0x89), makeClientFrame(0x81, ping)), null],
  ['an empty message, which is a heartbeat', join(makeClientFrame(0x81), makeClientFrame(0x81, ping)), null],
  ['a length of 40 in two bytes', join(bytes(0x81, 0xfe, 0, ping.length, 0, 0, 0, 0), Buffer.from(ping)), null],
  [
    'a length of 40 in eight bytes',
    join(bytes(0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, ping.length, 0, 0, 0, 0), Buffer.from(ping)),
    null,
  ],
  ['a message of 8,192 bytes', makeClientFrame(0x81, ping.padEnd(8_192)), null],
  [
    'a character cut in two by fragments',
    join(
      makeClientFrame(0x01, Buffer.from(`${ping.slice(0, -1)} ,"é`).subarray(0, -1)),
      makeClientFrame(0x80, join(bytes(0xa9), Buffer.from('":1}'))),
    ),
    null,
  ],
  // Opcodes.
  ...[3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].map(
    (opcode) => [`opcode ${opcode}`, makeClientFrame(0x80 | opcode, 'x'), 1002] as const,
  ),
  ['a reserved opcode in a fragment', makeClientFrame(0x03, 'x'), 1002],
  ['a binary message', makeClientFrame(0x82, 'x'), 1003],
  ['an empty binary message', makeClientFrame(0x82), 1003],
  ['a binary message in fragments', join(makeClientFrame(0x02, 'a'), makeClientFrame(0x80, 'b')), 1003],
  // Reserved bits.
  ['RSV1, as in a compressed message', makeClientFrame(0xc1, 'x'), 1002],
  ['RSV2', makeClientFrame(0xa1, 'x'), 1002],
  ['RSV3', makeClientFrame(0x91, 'x'), 1002],
  ['all reserved bits', makeClientFrame(0xf1, 'x'), 1002],
  ['RSV1 on a ping', makeClientFrame(0xc9), 1002],
  ['RSV1 on a continuation', join(makeClientFrame(0x01, 'a'), makeClientFrame(0xc0, 'b')), 1002],
  // Masks.
  ['no mask', join(bytes(0x81, ping.length), Buffer.from(ping)), 1002],
  ['no mask on a ping', bytes(0x89, 0), 1002],
  ['no mask on a close', bytes(0x88, 2, 0x03, 0xe8), 1002],
  // Control frames.
  ['a ping in fragments', makeClientFrame(0x09, 'x'), 1002],
  ['a pong in fragments', makeClientFrame(0x0a, 'x'), 1002],
  ['a close in fragments', makeClientFrame(0x08), 1002],
  ['a ping of 126 bytes', makeClientFrame(0x89, 'x'.repeat(126)), 1002],
  ['a pong of 126 bytes', makeClientFrame(0x8a, 'x'.repeat(126)), 1002],
  ['a ping that claims eight bytes of length', claim(0x89, 0xff, 0, 0, 0, 0, 0, 0, 1, 0), 1002],
  // Fragments.
  ['a continuation without a start', makeClientFrame(0x80, 'x'), 1002],
  ['an unfinished continuation without a start', makeClientFrame(0x00, 'x'), 1002],
  ['a continuation after a complete message', join(makeClientFrame(0x81, ping), makeClientFrame(0x80, 'x')), 1002],
  ['a message inside a message', join(makeClientFrame(0x01, 'a'), makeClientFrame(0x81, 'b')), 1002],
  ['a start inside a message', join(makeClientFrame(0x01, 'a'), makeClientFrame(0x01, 'b')), 1002],
  [
    'fragments that are too large together',
    join(makeClientFrame(0x01, 'x'.repeat(8_000)), makeClientFrame(0x80, 'x'.repeat(193))),
    1009,
  ],
  [
    '20,000 empty fragments',
    join(makeClientFrame(0x01), ...Array.from({ length: 20_000 }, () => makeClientFrame(0x00))),
    1008,
  ],
  // Lengths.
  ['a message of 8,193 bytes', makeClientFrame(0x81, 'x'.repeat(8_193)), 1009],
  ['a claim of 65,535 bytes', claim(0x81, 0xfe, 0xff, 0xff), 1009],
  ['a claim of 4 GiB', claim(0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0), 1009],
  ['a claim of 2^53 bytes', claim(0x81, 0xff, 0, 0x20, 0, 0, 0, 0, 0, 0), 1009],
  ['a claim of 2^63 bytes', claim(0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0), 1009],
  ['a claim of 2^64 − 1 bytes', claim(0x81, 0xff, 255, 255, 255, 255, 255, 255, 255, 255), 1009],
  // UTF-8.
  ['a byte that is not UTF-8', makeClientFrame(0x81, bytes(0xff)), 1007],
  ['a surrogate in UTF-8', makeClientFrame(0x81, bytes(0xed, 0xa0, 0x80)), 1007],
  ['an overlong slash', makeClientFrame(0x81, bytes(0xc0, 0xaf)), 1007],
  ['beyond U+10FFFF', makeClientFrame(0x81, bytes(0xf4, 0x90, 0x80, 0x80)), 1007],
  ['half a character at the end', makeClientFrame(0x81, bytes(0x61, 0xc3)), 1007],
  [
    'half a character at the end of the last fragment',
    join(makeClientFrame(0x01, 'a'), makeClientFrame(0x80, bytes(0xc3))),
    1007,
  ],
  // Closes.
  ['a close without a code', makeClientFrame(0x88), 1005],
  ['a close with 1000', close(1000), 1000],
  ['a close with 1001 and a reason', close(1001, 'away'), 1001],
  ['a close with 3000', close(3000), 3000],
  ['a close with 4999', close(4999), 4999],
  ['a close with a reason of 123 bytes', close(1000, 'x'.repeat(123)), 1000],
  ['a close with a reason of 124 bytes', close(1000, 'x'.repeat(124)), 1002],
  ['a close with half a code', makeClientFrame(0x88, bytes(3)), 1002],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
    (code) => [`a close with ${code}`, close(code), 1002] as const,
  ),
  ['a close whose reason is not UTF-8', close(1000, bytes(0xff)), 1007],
  ['a message after a close', join(close(1000), makeClientFrame(0x81, ping)), 1000],
]

/** The code of the received close frame: 1005 for one without a code, null if there is none. */
function codeOf(frames: readonly Frame[]): number | null {
  const closes = frames.filter(({ opcode }) => opcode === 8)
  assert.ok(closes.length <= 1, 'there is more than one close frame')
  const [first] = closes
  return first === undefined ? null : first.payload.length === 0 ? 1005 : first.payload.readUInt16BE(0)
}

/** Describes the vectors with a wrong result, one line each. */
async function failures(place: Endpoint): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const [title, sent, code] of vectors) {
    const frames = await sendFrames(place, sent)
    const got = codeOf(frames)
    const answers = frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => judgeMessage(payload.toString()))
    if (got !== code) wrong.push(`${title}: ${got} instead of ${code}`)
    else if (code === null && answers.length !== 1) wrong.push(`${title}: ${answers.length} answers`)
  }
  return wrong
}

test(`[W11] ${vectors.length} vectors of raw frames: each closes with its code, or is answered`, async () => {
  await using server = await openTestServer()
  assert.ok(vectors.length >= 60)
  assert.deepEqual(await failures(server), [])
  recordFinding('websocket-vectors', {
    promise: 'raw WebSocket frames, right and wrong, each lead to the close code that RFC 6455 gives them',
    test: 'fuzz/websocket.test.ts',
    figure: `${vectors.length} vectors, 0 closed otherwise`,
    command: 'node --test fuzz/websocket.test.ts',
  })
})

test('a server that accepts any length and any bytes as text is detected', async () => {
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
  assert.match(wrong.join('\n'), /a byte that is not UTF-8: /)
  recordFinding('websocket-vectors', {
    planted: 'any length and any bytes are taken for text',
    caughtAfter: `${vectors.length} vectors, ${wrong.length} of them wrong`,
  })
})
