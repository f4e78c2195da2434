/** Translates between requests and bytes, and between bytes and meanings: by a description's patterns or by its adapter. */
import type { Player } from '../../game/index.ts'
import type { Description } from '../description/description.ts'
import type { RequestText } from '../description/schema.ts'
import { fillFields, type RequestFields } from './fields.ts'
import { makeFraming } from './framing.ts'
import type { StreamEnd } from './stream.ts'
import { type Meaning, makeReader } from './meaning.ts'
import { httpRequest, type Twist, writeRequest } from './request.ts'

export type RequestKind = 'move' | 'reset' | 'board'

export interface SubmissionRequest extends RequestFields {
  readonly kind: RequestKind
  readonly twist?: Twist
  /** The board before a move, as nine characters, for protocols in which a client sends all of it. */
  readonly board?: string
}

export interface Decoded {
  readonly consumed: number
  readonly messages: readonly Meaning[]
}

/** A message that a check makes of bytes instead of a request. */
export interface RawMessages {
  frame(payload: Uint8Array): Uint8Array | null
  unfinished(length: number): Uint8Array | null
  /** The request with the other end of line. */
  otherLineEnd(request: SubmissionRequest): Uint8Array | null
}

export interface Codec {
  /** The bytes of a request; null if the protocol cannot express it. */
  encode(request: SubmissionRequest): Promise<Uint8Array | null>
  /** Reads whole messages at the front of `bytes`. */
  decode(bytes: Uint8Array, state: StreamEnd, self: Player | null): Decoded | Promise<Decoded>
  /** The bytes of a request that a step of `open` or `join` sends. */
  encodeStep(template: RequestText, fields: RequestFields): Uint8Array | Promise<Uint8Array>
  /** Null if an adapter translates, which makes only right requests. */
  readonly raw: RawMessages | null
  readonly marksEnds: boolean
  readonly marksRequests: boolean
  readonly silenceMs: number
  /** Whether the end of the stream ends a request. */
  readonly closesToEnd: boolean
  close(): void
}

/** Bytes that a check sends instead of a move: with HTTP, as the body of the request for a move. */
function asBody(move: RequestText, payload: Uint8Array): Uint8Array {
  if (typeof move === 'string' || !('method' in move)) return payload
  return httpRequest(
    move.method,
    fillFields(move.path, () => '0'),
    payload,
    'application/json',
  )
}

export function makePatternCodec({ protocol, players: codes }: Pick<Description, 'protocol' | 'players'>): Codec {
  if (protocol.type !== 'patterns') throw new TypeError('the description has an adapter')
  const { send, read } = protocol
  const framing = makeFraming(protocol.framing)
  const readMessage = makeReader(read, codes)
  const payloadOf = ({ kind, twist, ...fields }: SubmissionRequest): Uint8Array | null => {
    const template = send[kind]
    return template === undefined ? null : writeRequest(template, { fields, codes, ...(twist && { twist }) })
  }
  return {
    async encode(request) {
      const payload = payloadOf(request)
      return payload === null ? null : framing.frame(payload)
    },
    decode(bytes, state, self) {
      const { consumed, messages } = framing.split(bytes, state)
      return { consumed, messages: messages.map(({ payload, status }) => readMessage(payload, self, status)) }
    },
    encodeStep(template, fields) {
      const payload = writeRequest(template, { fields, codes })
      return (payload === null ? null : framing.frame(payload)) ?? new Uint8Array()
    },
    raw: {
      frame: (payload) => framing.frame(asBody(send.move, payload)),
      unfinished: (length) => framing.unfinished(length),
      otherLineEnd(request) {
        const payload = payloadOf(request)
        return payload === null ? null : framing.otherLineEnd(payload)
      },
    },
    marksEnds: framing.marksEnds,
    marksRequests: framing.marksRequests,
    silenceMs: framing.silenceMs,
    closesToEnd:
      typeof protocol.framing === 'object' && 'close' in protocol.framing && protocol.framing.close === 'both',
    close: () => {},
  }
}
