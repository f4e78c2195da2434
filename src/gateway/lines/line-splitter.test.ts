import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { type BrokenLine, LineSplitter } from './line-splitter.ts'

const seed = 1952

function split(chunks: readonly Buffer[], lineBytesMax = 64): { lines: string[]; broken: BrokenLine | undefined } {
  const splitter = new LineSplitter(lineBytesMax)
  const lines: string[] = []
  for (const chunk of chunks) {
    const broken = splitter.push(chunk, (line) => lines.push(line))
    if (broken !== undefined) return { lines, broken }
  }
  return { lines, broken: undefined }
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
}

test('[W3] the same bytes in any pieces are the same lines, and break at the same line', () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => Buffer.from(text.replaceAll(/[\r\n]/g, '-'))),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(Buffer.from('x'.repeat(65))),
    fc.constant(Buffer.from('é'.repeat(32))),
  )
  const end = fc.constantFrom('\n', '\r\n')
  const stream = fc
    .array(fc.tuple(line, end), { maxLength: 12 })
    .map((parts) => Buffer.concat(parts.flatMap(([text, lf]) => [text, Buffer.from(lf)])))
  fc.assert(
    fc.property(stream, fc.array(fc.nat(1_000), { maxLength: 8 }), (bytes, places) => {
      const whole = split([bytes])
      const pieces = split(cut(bytes, places))
      // A long line may be found too long before its bytes are found not to be UTF-8.
      assert.deepEqual(pieces.lines, whole.lines)
      assert.equal(pieces.broken === undefined, whole.broken === undefined)
    }),
    { seed, numRuns: 500 },
  )
})

test('[W6] a line ends with LF, and one CR before it is dropped', () => {
  assert.deepEqual(split([Buffer.from('a\r\nb\n\r\nc\r\r\nrest')]).lines, ['a', 'b', '', 'c\r'])
})

test('[W6] the limit counts bytes without the terminator', () => {
  assert.deepEqual(split([Buffer.from(`${'x'.repeat(64)}\r\n`)]).lines, ['x'.repeat(64)])
  assert.deepEqual(split([Buffer.from(`ok\n${'é'.repeat(33)}\n`)]), { lines: ['ok'], broken: 'too-large' })
  assert.equal(split([Buffer.from('x'.repeat(64)), Buffer.from('\r')]).broken, undefined)
  assert.equal(split([Buffer.from('x'.repeat(64)), Buffer.from('xx')]).broken, 'too-large')
})

test('[W6] lines before one that is not UTF-8 are handled', () => {
  const overlong = Buffer.from([0xc0, 0xaf, 0x0a])
  const surrogate = Buffer.from([0xed, 0xa0, 0x80, 0x0a])
  for (const bad of [overlong, surrogate, Buffer.from([0xff, 0x0a])])
    assert.deepEqual(split([Buffer.concat([Buffer.from('a\nb\n'), bad, Buffer.from('c\n')])]), {
      lines: ['a', 'b'],
      broken: 'not-utf8',
    })
})

test('[W6] an incomplete line that arrives byte by byte is kept in few buffers', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const weigh = (): number => {
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const [bytes, byte] = [8_000, Buffer.from('x')]
  const before = weigh()
  const splitters = Array.from({ length: 50 }, () => {
    const splitter = new LineSplitter(bytes)
    for (let count = 0; count < bytes; count++) splitter.push(byte, () => {})
    return splitter
  })
  const weight = (weigh() - before) / splitters.length
  assert.ok(splitters.every(({ isInside }) => isInside))
  // The smallest buffers may be in Node's own pool of 64 KiB; one buffer per byte would take a megabyte.
  assert.ok(weight < 200_000, `${weight.toFixed(0)} bytes for half a line of ${bytes}`)
})
