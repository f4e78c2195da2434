/** Divides what a client sends into requests. */
import type { Description } from '../description/description.ts'
import { makeFraming } from '../wire/framing.ts'
import type { FramedMessage, Splitting, StreamEnd } from '../wire/stream.ts'
import { payloadOf } from './requests.ts'

/** The silence after a request that nothing else ends, in ms. */
const silenceMs = 30

export interface RequestFraming {
  split(bytes: Uint8Array, state: StreamEnd): Splitting
  /** The silence that ends a request, in ms; 0 if something else ends it. */
  readonly silenceMs: number
}

export function makeRequestFraming({ protocol, open, join, players: codes }: Description): RequestFraming {
  if (protocol.type !== 'patterns') throw new TypeError('the description has an adapter')
  const { framing, send } = protocol
  if (framing === 'http') return { split: splitHttpRequests, silenceMs: 0 }
  if (framing === 'close') return makeFraming({ silence: silenceMs })
  if (typeof framing === 'string' || !('size' in framing)) return makeFraming(framing)
  const fields = { player: 'X', row: 0, col: 0, game: 'g', name: 'Ada', token: '' } as const
  const steps = [...open.X, ...join.X].flatMap((step) => ('send' in step ? [step.send] : []))
  const templates = [send.move, send.reset, send.board, ...steps].filter((template) => template !== undefined)
  const lengths = templates.map((template) => payloadOf(template, fields, codes).length)
  // Requests of different sizes: the first byte, which is their kind, says how long one is.
  const byKind = new Map(
    templates.map((template, index) => [payloadOf(template, fields, codes)[0] ?? 0, lengths[index] ?? 1]),
  )
  return { split: (bytes) => splitFixed(bytes, (kind) => byKind.get(kind) ?? lengths[0] ?? 1), silenceMs: 0 }
}

function splitFixed(bytes: Uint8Array, lengthOf: (first: number) => number): Splitting {
  const messages: FramedMessage[] = []
  let consumed = 0
  while (consumed < bytes.length) {
    const length = lengthOf(bytes[consumed] ?? 0)
    if (consumed + length > bytes.length) break
    messages.push({ payload: bytes.subarray(consumed, consumed + length) })
    consumed += length
  }
  return { consumed, messages }
}

/** The payload is the whole request. */
function splitHttpRequests(bytes: Uint8Array): Splitting {
  const messages: FramedMessage[] = []
  let consumed = 0
  for (;;) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + consumed, bytes.length - consumed).toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    const body = Number(/^content-length:\s*(\d+)/im.exec(text.slice(0, Math.max(0, end)))?.[1] ?? 0)
    const length = end + 4 + body
    if (end < 0 || text.length < length) return { consumed, messages }
    messages.push({ payload: bytes.subarray(consumed, consumed + length) })
    consumed += length
  }
}
