/** One connection through the fault proxy: two sockets, and one lane per direction between them. */
import type { Socket } from 'node:net'
import { type Clock, seededRandom } from '../../base/index.ts'
import { Lane, type ChaosFault } from './lane.ts'
import { MessageSplitter, type Piece } from './message-splitter.ts'
import type { ChaosPlan, Direction } from './plan.ts'

export interface ConversationParts {
  readonly client: Socket
  readonly server: Socket
  readonly plan: ChaosPlan
  /** The number of the connection, from 1. */
  readonly number: number
  readonly clock: Clock
  readonly heard: {
    message(direction: Direction): void
    passed(direction: Direction, bytes: number): void
    fault(fault: ChaosFault, direction: Direction): void
  }
}

/** With more bytes than this in flight in one direction, the proxy stops reading from the sender. */
const waitingBytesMax = 256 * 1_024
/** Maps neighbouring connection numbers to distant seeds: 2^32 divided by the golden ratio. */
const spread = 0x9e3779b1

export class Conversation {
  readonly #parts: ConversationParts
  readonly #splitter = new MessageSplitter()
  readonly #lanes: Readonly<Record<Direction, Lane>>

  constructor(parts: ConversationParts) {
    this.#parts = parts
    this.#lanes = { up: this.#makeLane('up'), down: this.#makeLane('down') }
    this.#listen('up')
    this.#listen('down')
  }

  /** Resets both sockets at once, like a broken network. */
  reset(): void {
    this.#stop()
    for (const socket of [this.#parts.client, this.#parts.server]) {
      // Node never frees the handle of a socket that is reset while its FIN is in flight.
      if (socket.writableEnded) socket.destroy()
      else socket.resetAndDestroy()
    }
  }

  #ends(direction: Direction): { readonly from: Socket; readonly into: Socket } {
    const { client, server } = this.#parts
    return direction === 'up' ? { from: client, into: server } : { from: server, into: client }
  }

  #makeLane(direction: Direction): Lane {
    const { plan, number, clock, heard } = this.#parts
    const { from, into } = this.#ends(direction)
    const place = number * 2 + (direction === 'up' ? 0 : 1)
    const isFirst = number === 1
    return new Lane({
      plan,
      clock,
      random: seededRandom(plan.seed ^ Math.imul(place, spread)),
      cutAfter: isFirst && plan.cutAt?.direction === direction ? plan.cutAt.bytes : null,
      exit: {
        send: (bytes) => {
          heard.passed(direction, bytes.length)
          into.write(bytes)
          this.#balance(direction)
        },
        cut: (last, how) => {
          this.#stop()
          heard.passed(direction, last.length)
          into.write(last)
          if (how === 'reset') return this.reset()
          into.destroySoon()
          from.destroySoon()
        },
        finish: () => into.end(),
        note: (fault) => heard.fault(fault, direction),
      },
    })
  }

  #listen(direction: Direction): void {
    const { from, into } = this.#ends(direction)
    from.on('data', (chunk: Buffer) => {
      this.#take(direction, this.#splitter.push(direction, chunk))
      this.#balance(direction)
    })
    from.on('end', () => {
      this.#take(direction, this.#splitter.flush(direction))
      this.#lanes[direction].end()
    })
    into.on('drain', () => this.#balance(direction))
    // Neither side learns the reason, only that the connection has ended.
    from.on('error', () => {})
    from.on('close', (hadError) => {
      if (hadError) this.reset()
      else if (!from.readableEnded) this.#drop()
    })
  }

  #take(direction: Direction, pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (piece.isMessage) this.#parts.heard.message(direction)
      this.#lanes[direction].push(piece)
    }
  }

  /** Pauses reading from the sender while too many bytes are in flight. */
  #balance(direction: Direction): void {
    const { from, into } = this.#ends(direction)
    const isMuch = this.#lanes[direction].waitingBytes + into.writableLength > waitingBytesMax
    if (isMuch) from.pause()
    else if (from.isPaused()) from.resume()
  }

  #drop(): void {
    this.#stop()
    this.#parts.client.destroySoon()
    this.#parts.server.destroySoon()
  }

  #stop(): void {
    this.#lanes.up.stop()
    this.#lanes.down.stop()
  }
}
