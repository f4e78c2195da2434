/** Reads the PNG files that the gateway writes, and checks their form. */
import assert from 'node:assert/strict'
import { crc32, inflateSync } from 'node:zlib'

export interface DecodedPng {
  readonly width: number
  readonly height: number
  /** The colour of a pixel, as `#rrggbb`. */
  readonly colour: (x: number, y: number) => string
}

export function decodePng(file: Uint8Array): DecodedPng {
  const bytes = Buffer.from(file)
  assert.equal(bytes.toString('latin1', 0, 8), '\u0089PNG\r\n\u001a\n')
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12) {
    const end = at + 8 + bytes.readUInt32BE(at)
    assert.equal(bytes.readUInt32BE(end), crc32(bytes.subarray(at + 4, end)))
    chunks.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, end))
  }
  assert.deepEqual([...chunks.keys()], ['IHDR', 'PLTE', 'IDAT', 'IEND'])
  const { IHDR: header, PLTE: palette, IDAT: data } = Object.fromEntries(chunks)
  assert.ok(header && palette && data)
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  assert.deepEqual([...header.subarray(8)], [8, 3, 0, 0, 0])
  const rows = inflateSync(data)
  assert.equal(rows.length, (width + 1) * height)
  const colour = (x: number, y: number): string => {
    assert.equal(rows[y * (width + 1)], 0)
    const index = rows[y * (width + 1) + 1 + x] ?? 0
    assert.ok(index * 3 < palette.length)
    return `#${palette.toString('hex', index * 3, index * 3 + 3)}`
  }
  return { width, height, colour }
}
