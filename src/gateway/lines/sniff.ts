/** Which protocol the first bytes of a connection choose: the rule alone, without a socket. */
import { isUtf8 } from 'node:buffer'

/**
 * more: the line is incomplete, and every protocol is still possible. A protocol is final; later bytes do not change it.
 * utf-16: no protocol, but the client can be told why. refused: no protocol, and closed without an answer.
 */
export type ProtocolVerdict = 'more' | 'http' | 'lines' | 'text' | 'tls' | 'too-large' | 'utf-16' | 'refused'

const lf = 0x0a
const cr = 0x0d
const tab = 0x09
const tlsHandshake = 0x16
const space = 0x20
const openBrace = 0x7b
/** A JSON-RPC batch, which is refused in JSON. */
const openBracket = 0x5b
const byteOrderMark = [0xef, 0xbb, 0xbf] as const

/** Every line that names HTTP is HTTP; the HTTP parser refuses malformed requests and other versions. */
const namesHttp = /\sHTTP\/\d/i
/** HTTP/2 with prior knowledge, which is not served. */
const http2Preface = 'PRI * HTTP/2.0'

/** @param bytes all that has arrived, after the {@link countSkippedBytes}; at least one byte. */
export function sniff(bytes: Uint8Array, firstLineBytesMax: number): ProtocolVerdict {
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

/** The protocol of a first line that is complete, by its terminator or by the end of the stream. */
export function protocolOf(line: Uint8Array): ProtocolVerdict {
  if (!isUtf8(line)) return 'refused'
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString().trimEnd()
  if (text === http2Preface) return 'refused'
  return namesHttp.test(text) ? 'http' : 'text'
}

/** The number of leading bytes that are white space and byte order marks, which do not decide the protocol. */
export function countSkippedBytes(bytes: Uint8Array): number {
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
