/** Which protocol the first line of a connection opens. */
import { isUtf8 } from 'node:buffer'

/**
 * more: the line is not complete, and every protocol is still possible. A protocol stays: what follows is never looked at
 * again. utf-16: no protocol, and a person or program that can be told why. refused: no protocol, and none who could be told.
 */
export type Verdict = 'more' | 'http' | 'lines' | 'text' | 'tls' | 'too-large' | 'utf-16' | 'refused'

const lf = 0x0a
const cr = 0x0d
const tab = 0x09
const tlsHandshake = 0x16
const space = 0x20
const openBrace = 0x7b
/** A batch is refused, in JSON. */
const openBracket = 0x5b
const byteOrderMark = [0xef, 0xbb, 0xbf] as const

/** Whatever names HTTP is HTTP: one that is malformed or of another version is refused by its own parser, in its own words. */
const namesHttp = /\sHTTP\/\d/i
/** HTTP/2 with prior knowledge; not served. */
const http2Preface = 'PRI * HTTP/2.0'

/** `bytes`: all that has arrived, without what decides nothing before it; at least one. */
export function sniff(bytes: Uint8Array, firstLineBytesMax: number): Verdict {
  const [first, second] = bytes
  if (first === openBrace || first === openBracket) return 'lines'
  if (first === tlsHandshake) return 'tls'
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'utf-16'
  const end = bytes.indexOf(lf)
  const line = bytes.subarray(0, end < 0 ? bytes.length : end)
  if (line.subarray(0, firstLineBytesMax + 1).some(isBinary)) return 'refused'
  if (line.length > firstLineBytesMax) return 'too-large'
  return end < 0 ? 'more' : protocolOf(line)
}

/** The protocol of a first line that ended: with its terminator, or with the stream. */
export function protocolOf(line: Uint8Array): Verdict {
  if (!isUtf8(line)) return 'refused'
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString().trimEnd()
  if (text === http2Preface) return 'refused'
  return namesHttp.test(text) ? 'http' : 'text'
}

/** How many bytes of white space and byte order marks stand first: they decide nothing. */
export function idleBytes(bytes: Uint8Array): number {
  let count = 0
  for (;;) {
    const byte = bytes[count]
    if (byte === lf || byte === cr || byte === space || byte === tab) count++
    else if (byteOrderMark.every((each, index) => bytes[count + index] === each)) count += byteOrderMark.length
    else return count
  }
}

function isBinary(byte: number): boolean {
  return byte < space ? byte !== cr && byte !== tab : byte === 0x7f
}
