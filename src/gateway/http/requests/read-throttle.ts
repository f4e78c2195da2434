/**
 * Passes the input of an HTTP connection to the parser piece by piece. The parser processes all its input at once, which may
 * be a thousand pipelined requests. So it gets one piece, and the next one when the requests of that piece are answered and
 * other connections have had their turn. Waiting data stays in the socket's buffer.
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FairScheduler } from '../../flow/fair-scheduler.ts'

/** About forty short requests: half a millisecond of work. */
const pieceBytes = 2_048

export interface ReadThrottleOptions {
  readonly scheduler: FairScheduler
  /** Whether many requests of this connection wait for their turn. */
  readonly isBusy: (socket: Socket) => boolean
  /** Resolves when all complete requests are answered; at once if the last request is incomplete. */
  readonly answered: (socket: Socket) => Promise<void>
  /** A monotonic clock, in ms. */
  readonly now: () => number
}

const throttles = new WeakMap<Duplex, ReadThrottle>()

export class ReadThrottle {
  readonly #socket: Socket
  readonly #options: ReadThrottleOptions
  readonly #parse: (chunk: Buffer) => void
  /** The part of the current chunk that the parser has not got yet. */
  #rest: Buffer = Buffer.alloc(0)
  #isHeld = false
  /** Whether data has arrived that the parser has not got yet. */
  #hasUnparsed = false
  /** When the parser last got everything that had arrived, in ms of `now`. */
  #caughtUpAt = -Infinity

  /** @param serve passes the socket to the HTTP server, whose `data` listeners this replaces. */
  static open(socket: Socket, options: ReadThrottleOptions, serve: () => void): void {
    throttles.set(socket, new ReadThrottle(socket, options, serve))
  }

  private constructor(socket: Socket, options: ReadThrottleOptions, serve: () => void) {
    this.#socket = socket
    this.#options = options
    serve()
    const parsers = socket.listeners('data') as ((chunk: Buffer) => void)[]
    for (const parse of parsers) socket.off('data', parse)
    this.#parse = (chunk) => parsers.forEach((parse) => parse(chunk))
    socket.on('data', this.#take)
  }

  /** The parser has released the socket: puts unread data back for the next reader. */
  static release(socket: Duplex): void {
    const throttle = throttles.get(socket)
    if (throttle === undefined) return
    throttles.delete(socket)
    throttle.#socket.off('data', throttle.#take)
    throttle.#putBack()
  }

  /**
   * Whether the parser has got all data at once for the last `ms`. If not, the missing part of a request may be waiting in the
   * socket's buffer, and the delay is the server's, not the client's.
   */
  static hasCaughtUpFor(socket: Duplex, ms: number): boolean {
    const throttle = throttles.get(socket)
    if (throttle === undefined) return true
    return (
      !throttle.#hasUnparsed && !throttle.#socket.isPaused() && throttle.#options.now() - throttle.#caughtUpAt >= ms
    )
  }

  readonly #take = (chunk: Buffer): void => {
    this.#rest = chunk
    if (this.#hasUnparsed && !this.#isHeld) this.#markCaughtUp()
    // Node resumes the socket when the body of a request is read, although this has paused it.
    if (this.#isHeld) return this.#hold()
    const piece = chunk.subarray(0, pieceBytes)
    this.#rest = chunk.subarray(piece.length)
    this.#parse(piece)
    // If Node has paused the socket, Node resumes it too, and must not get data until then.
    if (this.#socket.isPaused()) this.#putBack()
    else if (this.#rest.length > 0 || this.#options.isBusy(this.#socket)) {
      this.#isHeld = true
      this.#hold()
      void this.#options.answered(this.#socket).then(() => this.#options.scheduler.wait(this.#continue))
    }
  }

  #hold(): void {
    this.#socket.pause()
    this.#putBack()
  }

  /** Puts the rest back into the socket's buffer. The socket must be paused. */
  #putBack(): void {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    if (rest.length > 0) this.#hasUnparsed = true
    if (rest.length > 0 && !this.#socket.destroyed) this.#socket.unshift(rest)
  }

  #markCaughtUp(): void {
    this.#hasUnparsed = false
    this.#caughtUpAt = this.#options.now()
  }

  readonly #continue = (): void => {
    this.#isHeld = false
    this.#markCaughtUp()
    if (!this.#socket.destroyed) this.#socket.resume()
  }
}
