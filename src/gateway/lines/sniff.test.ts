import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countSkippedBytes, sniff, type ProtocolVerdict } from './sniff.ts'

const firstLineBytesMax = 4_096

const table: readonly (readonly [bytes: string | Buffer, protocol: ProtocolVerdict])[] = [
  ['GET / HTTP/1.1\r\n', 'http'],
  ['GET / HTTP/1.0\n', 'http'],
  ['OPTIONS * HTTP/1.1\r\n', 'http'],
  ['PATCH /any/path?with=query HTTP/1.1\r\nHost: x\r\n', 'http'],
  ['get / http/1.1\r\n', 'http'],
  ['GET  / HTTP/1.1\r\n', 'http'],
  ['GET / HTTP/9.9\r\n', 'http'],
  ['GET / HTTP/1.1 and more\r\n', 'http'],
  ['X 1 1 HTTP/1.1\r\n', 'http'],
  ['PRI * HTTP/2.0\r\n', 'refused'],
  ['{', 'lines'],
  ['{"jsonrpc":"2.0"}\n', 'lines'],
  ['{\xff', 'lines'],
  [Buffer.from([0x16]), 'tls'],
  [Buffer.from([0x16, 3, 1]), 'tls'],
  ['X 1 1\n', 'text'],
  ['X 1 1\r\n', 'text'],
  ['help\n{"jsonrpc":"2.0"}\n', 'text'],
  ['GET /\n', 'text'],
  ['HTTP/1.1\n', 'text'],
  ['[]\n', 'lines'],
  ['[', 'lines'],
  ['name Zoë\n', 'text'],
  ['name\tAnn\n', 'text'],
  ['SSH-2.0-OpenSSH\r\n', 'text'],
  ['X', 'more'],
  ['GET / HTTP/1.1', 'more'],
  ['X 1 1\r', 'more'],
  ['X 1\0 1\n', 'refused'],
  ['\x1b[A', 'refused'],
  ['\x7f', 'refused'],
  [Buffer.from([0x80]), 'more'],
  [Buffer.from([0x80, 0x0a]), 'refused'],
  [Buffer.from([0xff, 0xfb, 0x1f, 0x0a]), 'refused'],
  [Buffer.from([0xff]), 'more'],
  [Buffer.from('\ufeff{', 'utf16le'), 'utf-16'],
  [Buffer.from('\ufeffX 1 1\n', 'utf16le').swap16(), 'utf-16'],
  [Buffer.from([0xef, 0xbb]), 'more'],
  ['x'.repeat(firstLineBytesMax), 'more'],
  ['x'.repeat(firstLineBytesMax + 1), 'too-large'],
  [`${'x'.repeat(firstLineBytesMax)}\n`, 'text'],
  [`${'x'.repeat(firstLineBytesMax + 1)}\n`, 'too-large'],
]

for (const [bytes, protocol] of table) {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  test(`[W1] ${JSON.stringify(buffer.toString('latin1').slice(0, 32))} is ${protocol}`, () => {
    assert.equal(sniff(buffer, firstLineBytesMax), protocol)
  })
}

test('[W1] a connection that is undecided after some bytes is decided by the rest, and only once', () => {
  for (const [bytes, protocol] of table) {
    const buffer = Buffer.from(bytes)
    const verdicts = new Set<ProtocolVerdict>()
    for (let length = 1; length <= Math.min(buffer.length, 64); length++)
      verdicts.add(sniff(buffer.subarray(0, length), firstLineBytesMax))
    verdicts.delete('more')
    assert.ok(verdicts.size <= 1, `${JSON.stringify(bytes)}: ${[...verdicts].join()}`)
    if (buffer.length <= 64 && protocol !== 'more') assert.deepEqual([...verdicts], [protocol])
  }
})

test('[W2] white space and byte order marks before the first line are skipped, in any order', () => {
  for (const [text, bytes] of [
    ['\r\n\n\r\nX 1 1\n', 5],
    ['X\n', 0],
    ['', 0],
    [' \t{', 2],
    ['\ufeff{', 3],
    ['\ufeff\r\n\ufeff [', 9],
    ['\u2060{', 0],
  ] as const)
    assert.equal(countSkippedBytes(Buffer.from(text)), bytes, JSON.stringify(text))
  assert.equal(countSkippedBytes(Buffer.from([0x20, 0xef, 0xbb])), 1)
})
