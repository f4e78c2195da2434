/**
 * What one HTTP connection says, a piece at a time. The parser works through all it is given at once, a thousand
 * requests if they came together, and each of them has to be answered or given up. So it is given a piece, and the next
 * when the requests of that one are answered and others have had a turn; what waits, waits in the socket.
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FairScheduler } from '../../flow/inbound-queue.ts'

/** Some forty short requests, half a millisecond's work. */
const pieceBytes = 2_048

export interface ReadThrottleOptions {
  readonly scheduler: FairScheduler
  /** Whether many requests of this connection wait for their turn. */
  readonly isBusy: (socket: Socket) => boolean
  /** Resolves when each request that has arrived whole is answered, or at once where the last has not. */
  readonly answered: (socket: Socket) => Promise<void>
  /** A monotonic clock, in ms. */
  readonly now: () => number
}

const intakes = new WeakMap<Duplex, ReadThrottle>()

export class ReadThrottle {
  readonly #socket: Socket
  readonly #options: ReadThrottleOptions
  readonly #parse: (chunk: Buffer) => void
  /** Of the chunk that is being parsed, what the parser has not been given. */
  #rest: Buffer = Buffer.alloc(0)
  #isHeld = false
  /** The parser has not been given all that has arrived. */
  #isBehind = false
  /** When that last ended. */
  #fedAt = -Infinity

  /** `serve` hands the socket to the HTTP server: what that would hear it hears from here. */
  static open(socket: Socket, options: ReadThrottleOptions, serve: () => void): void {
    intakes.set(socket, new ReadThrottle(socket, options, serve))
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

  /** The parser has let go of the socket: whoever takes it over reads what is left. */
  static release(socket: Duplex): void {
    const throttle = intakes.get(socket)
    if (throttle === undefined) return
    intakes.delete(socket)
    throttle.#socket.off('data', throttle.#take)
    throttle.#putBack()
  }

  /**
   * Whether the parser was given, for `ms` by now, whatever arrived. If not, what is missing of a request may be waiting in
   * the socket, and the time that it takes is the server's.
   */
  static isFed(socket: Duplex, ms: number): boolean {
    const throttle = intakes.get(socket)
    if (throttle === undefined) return true
    return !throttle.#isBehind && !throttle.#socket.isPaused() && throttle.#options.now() - throttle.#fedAt >= ms
  }

  readonly #take = (chunk: Buffer): void => {
    this.#rest = chunk
    if (this.#isBehind && !this.#isHeld) this.#catchUp()
    // The server lets a socket flow again when somebody reads the body of a request, whoever else has paused it.
    if (this.#isHeld) return this.#hold()
    const piece = chunk.subarray(0, pieceBytes)
    this.#rest = chunk.subarray(piece.length)
    this.#parse(piece)
    // Where the server itself has paused it, it will let it flow again, and must not be given anything until then.
    if (this.#socket.isPaused()) this.#putBack()
    else if (this.#rest.length > 0 || this.#options.isBusy(this.#socket)) {
      this.#isHeld = true
      this.#hold()
      void this.#options.answered(this.#socket).then(() => this.#options.scheduler.wait(this.#goOn))
    }
  }

  #hold(): void {
    this.#socket.pause()
    this.#putBack()
  }

  /** To be read again, before everything that comes after it. The socket does not flow. */
  #putBack(): void {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    if (rest.length > 0) this.#isBehind = true
    if (rest.length > 0 && !this.#socket.destroyed) this.#socket.unshift(rest)
  }

  #catchUp(): void {
    this.#isBehind = false
    this.#fedAt = this.#options.now()
  }

  readonly #goOn = (): void => {
    this.#isHeld = false
    this.#catchUp()
    if (!this.#socket.destroyed) this.#socket.resume()
  }
}
