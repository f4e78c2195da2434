/** One connection through the fault proxy: two sockets, and a lane each way between them. */
import type { Socket } from 'node:net'
import { type Clock, seededRandom } from '../../base/index.ts'
import { Lane, type Mishap } from './lane.ts'
import { MessageSplitter, type Piece } from './message-splitter.ts'
import type { ChaosPlan, Direction } from './plan.ts'

export interface ConversationParts {
  readonly client: Socket
  readonly server: Socket
  readonly plan: ChaosPlan
  /** Counts from 1. */
  readonly number: number
  readonly clock: Clock
  readonly heard: {
    message(direction: Direction): void
    passed(direction: Direction, bytes: number): void
    mishap(mishap: Mishap, direction: Direction): void
  }
}

/** With more than this under way one way, the sender has to wait. */
const waitingBytesMax = 256 * 1_024
/** Spreads neighbouring numbers over the seeds: 2^32 divided by the golden ratio. */
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

  /** Ends it at once, as a dead wire does. */
  reset(): void {
    this.#stop()
    for (const socket of [this.#parts.client, this.#parts.server]) {
      // Node keeps the handle of a socket for ever that is reset while its end is on its way.
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
        note: (mishap) => heard.mishap(mishap, direction),
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
    // The reason is for neither side: each sees that the connection is over.
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

  /** Lets the sender wait while too much is under way. */
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
