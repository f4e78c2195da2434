/** Which door the first line of a connection opens. */
import { isUtf8 } from 'node:buffer'

/**
 * more: the line is not complete, and every door is still possible. A door is for ever: whatever follows is never looked
 * at again. refused: no door, and none who could be told.
 */
export type Verdict = 'more' | 'http' | 'lines' | 'text' | 'tls' | 'too-large' | 'refused'

const lf = 0x0a
const cr = 0x0d
const tab = 0x09
const tlsHandshake = 0x16
const openBrace = 0x7b

/** Whatever names HTTP is HTTP: one that is malformed or of another version is refused by its own parser, in its own words. */
const namesHttp = /\sHTTP\/\d/i
/** HTTP/2 with prior knowledge; not served. */
const http2Preface = 'PRI * HTTP/2.0'

/** `bytes`: all that has arrived, without the empty lines before it; at least one. */
export function sniff(bytes: Uint8Array, firstLineBytesMax: number): Verdict {
  if (bytes[0] === openBrace) return 'lines'
  if (bytes[0] === tlsHandshake) return 'tls'
  const end = bytes.indexOf(lf)
  const line = bytes.subarray(0, end < 0 ? bytes.length : end)
  if (line.subarray(0, firstLineBytesMax + 1).some(isBinary)) return 'refused'
  if (line.length > firstLineBytesMax) return 'too-large'
  return end < 0 ? 'more' : doorOf(line)
}

/** The door of a first line that ended: with its terminator, or with the stream. */
export function doorOf(line: Uint8Array): Verdict {
  if (!isUtf8(line)) return 'refused'
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString().trimEnd()
  if (text === http2Preface) return 'refused'
  return namesHttp.test(text) ? 'http' : 'text'
}

/** How many bytes of empty lines stand first: they decide nothing. */
export function emptyLines(bytes: Uint8Array): number {
  let count = 0
  while (bytes[count] === lf || bytes[count] === cr) count++
  return count
}

function isBinary(byte: number): boolean {
  return byte < 0x20 ? byte !== cr && byte !== tab : byte === 0x7f
}
