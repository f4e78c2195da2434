/** Reads HTTP/1.x responses from a stream: with a length, in chunks, or until the end of the connection. */
import type { FramedMessage, Splitting, StreamEnd } from './stream.ts'

const headEnd = Buffer.from('\r\n\r\n')

export function splitHttp(bytes: Uint8Array, { hasEnded }: StreamEnd): Splitting {
  const stream = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const messages: FramedMessage[] = []
  let consumed = 0
  for (;;) {
    const response = readResponse(stream.subarray(consumed), hasEnded)
    if (response === null) return { consumed, messages }
    messages.push(response)
    consumed += response.length
  }
}

interface HttpResponse extends FramedMessage {
  /** The length of the whole response in the stream. */
  readonly length: number
}

function readResponse(stream: Buffer, hasEnded: boolean): HttpResponse | null {
  const end = stream.indexOf(headEnd)
  if (end < 0) return hasEnded && stream.length > 0 ? { payload: stream, length: stream.length } : null
  const head = stream.subarray(0, end).toString('latin1')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? Number.NaN)
  const begin = end + headEnd.length
  const body = readBody(head, status, stream.subarray(begin), hasEnded)
  return body === null
    ? null
    : { payload: body.payload, length: begin + body.length, ...(Number.isNaN(status) ? {} : { status }) }
}

function readBody(head: string, status: number, rest: Buffer, hasEnded: boolean): HttpResponse | null {
  if (status === 204 || status === 304 || status < 200) return { payload: Buffer.alloc(0), length: 0 }
  if (/^transfer-encoding:.*chunked/im.test(head)) return readChunks(rest)
  const length = /^content-length:\s*(\d+)/im.exec(head)?.[1]
  if (length === undefined) return hasEnded ? { payload: rest, length: rest.length } : null
  return rest.length < Number(length) ? null : { payload: rest.subarray(0, Number(length)), length: Number(length) }
}

function readChunks(rest: Buffer): HttpResponse | null {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString('latin1'), 16)
    const begin = lineEnd + 2
    if (Number.isNaN(size) || rest.length < begin + size + 2) return null
    if (size === 0) return { payload: Buffer.concat(chunks), length: begin + 2 }
    chunks.push(rest.subarray(begin, begin + size))
    at = begin + size + 2
  }
}
