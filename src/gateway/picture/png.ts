/** Writes a PNG file (RFC 2083) with a palette. */
import { crc32, deflateSync } from 'node:zlib'

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number]

interface Image {
  readonly width: number
  readonly height: number
  /** The rows, each a 0 for "no filter", then for each pixel the number of a colour of the palette. */
  readonly rows: Uint8Array
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** The members of the header after the size: 8 bits for each pixel, colours from the palette, and the only methods that exist. */
const format = Uint8Array.of(8, 3, 0, 0, 0)

/** @param palette at most 256 colours */
export function makePng({ width, height, rows }: Image, palette: readonly Colour[]): Uint8Array<ArrayBuffer> {
  const size = Buffer.alloc(8)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  return Buffer.concat([
    signature,
    makeChunk('IHDR', Buffer.concat([size, format])),
    makeChunk('PLTE', Uint8Array.from(palette.flat())),
    makeChunk('IDAT', deflateSync(rows)),
    makeChunk('IEND', new Uint8Array()),
  ])
}

function makeChunk(type: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, check])
}
