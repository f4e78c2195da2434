/** Divides a stream of bytes into messages, and makes messages of payloads, as a description says. */
import { type FramingText } from '../description/schema.ts'
import { widths } from '../description/schema-parts.ts'
import { splitHttp } from './http.ts'
import type { FramedMessage, Splitting, StreamEnd } from './stream.ts'
import { concat, writeUnsigned } from './request.ts'

export interface Framing {
  /** Makes a message; null if the framing cannot carry the payload. */
  frame(this: void, payload: Uint8Array): Uint8Array | null
  /** Takes whole messages from the front of `bytes`. */
  split(this: void, bytes: Uint8Array, state: StreamEnd): Splitting
  /** The beginning of a message of at least `length` bytes that never ends; null if messages always end. */
  unfinished(length: number): Uint8Array | null
  /** A message with the same payload and the other end of line; null if lines are not what ends a message. */
  otherLineEnd(payload: Uint8Array): Uint8Array | null
  /** Whether a reader can see where a message ends before the next one comes. */
  readonly marksEnds: boolean
  /** Whether a server can see that, even if only requests have an end. */
  readonly marksRequests: boolean
  /** The silence that ends a message, in ms; 0 if something else ends it. */
  readonly silenceMs: number
}

const encoder = new TextEncoder()
const filler = (length: number): Uint8Array => new Uint8Array(length).fill(65)
const none = (): null => null

export function makeFraming(text: FramingText): Framing {
  if (text === 'line')
    return {
      ...delimited('\n'),
      otherLineEnd: (payload) => concat([payload, encoder.encode('\r\n')]),
      split: splitLines,
    }
  if (text === 'blank-line')
    return {
      ...delimited('\n\n'),
      otherLineEnd: (payload) => withCrLf(concat([payload, encoder.encode('\n\n')])),
      split: splitBlankLines,
    }
  if (text === 'json') return jsonValues
  if (text === 'close') return closing
  if (text === 'http') return http
  if ('close' in text)
    return text.close === 'both' ? { ...closing, frame: (payload) => payload, otherLineEnd: none } : closing
  if ('delimiter' in text) return delimited(text.delimiter)
  if ('length' in text) return prefixed(widths[text.length], text.order ?? 'big')
  if ('size' in text) return fixed(text.size)
  const answers = silent(text.silence)
  if (text.requests === undefined) return answers
  const { split, silenceMs, marksEnds } = answers
  return { ...makeFraming(text.requests), split, silenceMs, marksEnds }
}

const withCrLf = (bytes: Uint8Array): Uint8Array =>
  encoder.encode(Buffer.from(bytes).toString('utf8').replaceAll('\n', '\r\n'))

function delimited(delimiter: string): Framing {
  const end = Buffer.from(delimiter)
  return {
    frame: (payload) => concat([payload, end]),
    split: (bytes, { hasEnded }) => splitAt(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), end, hasEnded),
    unfinished: filler,
    otherLineEnd: delimiter === '\r\n' ? (payload) => concat([payload, encoder.encode('\n')]) : none,
    marksEnds: true,
    marksRequests: true,
    silenceMs: 0,
  }
}

function splitAt(bytes: Buffer, end: Buffer, hasEnded: boolean): Splitting {
  const messages: FramedMessage[] = []
  let consumed = 0
  for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, consumed)) {
    messages.push({ payload: bytes.subarray(consumed, at) })
    consumed = at + end.length
  }
  return withRest(bytes, { consumed, messages }, hasEnded)
}

/** The rest of a connection that has ended is a message too. */
function withRest(bytes: Uint8Array, { consumed, messages }: Splitting, hasEnded: boolean): Splitting {
  if (!hasEnded || consumed === bytes.length) return { consumed, messages }
  return { consumed: bytes.length, messages: [...messages, { payload: bytes.subarray(consumed) }] }
}

/** Lines of answers may end in CR LF whatever the requests end in. */
function splitLines(bytes: Uint8Array, { hasEnded }: StreamEnd): Splitting {
  const { consumed, messages } = splitAt(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    Buffer.from('\n'),
    hasEnded,
  )
  return {
    consumed,
    messages: messages.map(({ payload }) => ({ payload: payload.at(-1) === 13 ? payload.subarray(0, -1) : payload })),
  }
}

function splitBlankLines(bytes: Uint8Array, { hasEnded }: StreamEnd): Splitting {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const messages: FramedMessage[] = []
  let consumed = 0
  for (const match of text.matchAll(/\r?\n\r?\n/g)) {
    messages.push({ payload: bytes.subarray(consumed, match.index) })
    consumed = match.index + match[0].length
  }
  return withRest(bytes, { consumed, messages }, hasEnded)
}

function prefixed(size: number, order: 'big' | 'little'): Framing {
  const most = 2 ** (8 * size) - 1
  return {
    frame: (payload) => (payload.length > most ? null : concat([writeUnsigned(payload.length, size, order), payload])),
    split(bytes) {
      const messages: FramedMessage[] = []
      let consumed = 0
      while (bytes.length - consumed >= size) {
        const head = bytes.subarray(consumed, consumed + size)
        const length = (order === 'big' ? head : head.toReversed()).reduce((sum, byte) => sum * 256 + byte, 0)
        const begin = consumed + size
        if (bytes.length - begin < length) break
        messages.push({ payload: bytes.subarray(begin, begin + length) })
        consumed = begin + length
      }
      return { consumed, messages }
    },
    // A length that never comes. It is below 2^31, which some languages read as negative.
    unfinished: (length) => (size < 4 ? null : concat([writeUnsigned(2_000_000_000, size, order), filler(length)])),
    otherLineEnd: none,
    marksEnds: true,
    marksRequests: true,
    silenceMs: 0,
  }
}

function fixed(size: number): Framing {
  return {
    frame: (payload) => payload,
    split(bytes) {
      const count = Math.floor(bytes.length / size)
      const messages = Array.from({ length: count }, (_, index) => ({
        payload: bytes.subarray(index * size, (index + 1) * size),
      }))
      return { consumed: count * size, messages }
    },
    unfinished: none,
    otherLineEnd: none,
    marksEnds: true,
    marksRequests: true,
    silenceMs: 0,
  }
}

function silent(silenceMs: number): Framing {
  return {
    // Nothing is no message where nothing ends one.
    frame: (payload) => (payload.length === 0 ? null : payload),
    split: (bytes, { hasEnded, quietMs }) =>
      bytes.length > 0 && (hasEnded || quietMs >= silenceMs)
        ? { consumed: bytes.length, messages: [{ payload: bytes }] }
        : { consumed: 0, messages: [] },
    unfinished: filler,
    otherLineEnd: none,
    marksEnds: false,
    marksRequests: false,
    silenceMs,
  }
}

/** Only answers end with the connection; a request is a line. */
const closing: Framing = {
  frame: (payload) => concat([payload, encoder.encode('\n')]),
  split: (bytes, { hasEnded }) =>
    hasEnded && bytes.length > 0
      ? { consumed: bytes.length, messages: [{ payload: bytes }] }
      : { consumed: 0, messages: [] },
  unfinished: filler,
  otherLineEnd: (payload) => concat([payload, encoder.encode('\r\n')]),
  marksEnds: true,
  marksRequests: true,
  silenceMs: 0,
}

const jsonValues: Framing = {
  frame: (payload) => payload,
  split: splitJson,
  unfinished: (length) => concat([encoder.encode('{"type":"'), filler(length)]),
  otherLineEnd: none,
  marksEnds: true,
  marksRequests: true,
  silenceMs: 0,
}

/** Objects and arrays that follow each other, with or without white space between them. */
function splitJson(bytes: Uint8Array): Splitting {
  const messages: FramedMessage[] = []
  let consumed = 0
  let depth = 0
  let isInString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (isInString) {
      if (byte === 0x5c) at++
      else if (byte === 0x22) isInString = false
    } else if (byte === 0x22) isInString = true
    else if (byte === 0x7b || byte === 0x5b) depth++
    else if ((byte === 0x7d || byte === 0x5d) && --depth <= 0) {
      messages.push({ payload: bytes.subarray(consumed, at + 1) })
      consumed = at + 1
      depth = 0
    }
  }
  return { consumed, messages }
}

const http: Framing = {
  // The payload is a whole request already.
  frame: (payload) => payload,
  split: splitHttp,
  unfinished: (length) => concat([encoder.encode('POST / HTTP/1.1\r\nHost: localhost\r\nX-Long: '), filler(length)]),
  otherLineEnd: none,
  marksEnds: true,
  marksRequests: true,
  silenceMs: 0,
}
