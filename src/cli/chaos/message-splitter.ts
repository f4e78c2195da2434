/**
 * Splits the bytes of a connection into whole messages: lines or WebSocket messages. Other protocols yield only pieces.
 */
import type { Direction } from './plan.ts'

export interface Piece {
  readonly bytes: Buffer
  /** Whether it is a whole, self-contained message, which may be duplicated and reordered. */
  readonly isMessage: boolean
}

/** How to split the bytes, decided by the first bytes from the client. */
type Protocol = 'unknown' | 'lines' | 'text' | 'http' | 'websocket'

/** After a longer message, the direction is forwarded unsplit, so that no client can exhaust the memory. */
const messageBytesMax = 1 << 20
const lf = 0x0a
const headEnd = '\r\n\r\n'

/** Handles both directions of one connection, because the client's first bytes decide how to split both. */
export class MessageSplitter {
  #protocol: Protocol = 'unknown'
  readonly #rest: Record<Direction, Buffer> = { up: Buffer.alloc(0), down: Buffer.alloc(0) }
  /** Directions of a WebSocket whose HTTP head was forwarded. */
  readonly #open = new Set<Direction>()
  /** Directions in which a message was too long: the start of the next message is unknown. */
  readonly #lost = new Set<Direction>()

  /** Returns the pieces that are complete now; keeps an incomplete rest. */
  push(direction: Direction, chunk: Buffer): readonly Piece[] {
    this.#rest[direction] = Buffer.concat([this.#rest[direction], chunk])
    if (this.#protocol === 'unknown' && direction === 'up') this.#protocol = protocolOf(this.#rest.up)
    const pieces = this.#take(direction)
    if (this.#rest[direction].length <= messageBytesMax) return pieces
    this.#lost.add(direction)
    return [...pieces, ...this.flush(direction)]
  }

  /** Returns the incomplete rest. */
  flush(direction: Direction): readonly Piece[] {
    const bytes = this.#rest[direction]
    this.#rest[direction] = Buffer.alloc(0)
    return bytes.length === 0 ? [] : [{ bytes, isMessage: false }]
  }

  #take(direction: Direction): readonly Piece[] {
    if (this.#lost.has(direction)) return this.flush(direction)
    switch (this.#protocol) {
      case 'unknown':
        return direction === 'up' ? [] : this.flush(direction)
      case 'lines':
        return this.#takeAll(direction, lineLength)
      case 'text':
        // A reply has several lines; only a line from the client is a message of its own.
        return direction === 'up' ? this.#takeAll(direction, lineLength) : this.flush(direction)
      case 'http':
        return this.flush(direction)
      case 'websocket':
        return this.#takeFrames(direction)
    }
  }

  #takeFrames(direction: Direction): readonly Piece[] {
    if (this.#open.has(direction)) return this.#takeAll(direction, frameLength)
    const end = this.#rest[direction].indexOf(headEnd)
    if (end < 0) return []
    // After a refused upgrade the connection ends, so treating it as open does no harm.
    this.#open.add(direction)
    const head = this.#cut(direction, end + headEnd.length)
    return [{ bytes: head, isMessage: false }, ...this.#takeAll(direction, frameLength)]
  }

  #takeAll(direction: Direction, measure: (bytes: Buffer) => Measure | null): readonly Piece[] {
    const pieces: Piece[] = []
    for (;;) {
      const measured = measure(this.#rest[direction])
      if (measured === null) return pieces
      pieces.push({ bytes: this.#cut(direction, measured.length), isMessage: measured.isMessage })
    }
  }

  #cut(direction: Direction, length: number): Buffer {
    const rest = this.#rest[direction]
    this.#rest[direction] = rest.subarray(length)
    return rest.subarray(0, length)
  }
}

/** The length of the first whole message. */
interface Measure {
  readonly length: number
  readonly isMessage: boolean
}

function protocolOf(bytes: Buffer): Protocol {
  if (bytes[0] === 0x7b) return 'lines'
  // TLS: the messages are encrypted.
  if (bytes[0] === 0x16) return 'http'
  const end = bytes.indexOf(lf)
  if (end < 0) return 'unknown'
  const line = bytes.toString('latin1', 0, end)
  if (!/ HTTP\/\d/.test(line)) return 'text'
  return line.startsWith('GET /ws ') ? 'websocket' : 'http'
}

function lineLength(bytes: Buffer): Measure | null {
  const end = bytes.indexOf(lf)
  // An empty line is a heartbeat.
  return end < 0 ? null : { length: end + 1, isMessage: end > 0 }
}

/** Measures one frame (RFC 6455, section 5.2). Fragments, compressed frames and control frames are not messages. */
function frameLength(bytes: Buffer): Measure | null {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return null
  const short = second & 0x7f
  const start = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0)
  if (bytes.length < start) return null
  const payload = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const length = start + payload
  if (bytes.length < length) return null
  const opcode = first & 0x0f
  return { length, isMessage: (first & 0xf0) === 0x80 && (opcode === 1 || opcode === 2) }
}
