/** Hands what arrives at a socket to its reader a little at a time, so that much in one piece delays nobody else. */
import type { Duplex } from 'node:stream'
import type { FairScheduler } from './inbound-queue.ts'

type Read = (this: Duplex, chunk: Buffer) => void

export interface PortionsOptions {
  /** What is read of one connection before others have had a turn. */
  readonly bytes: number
  readonly scheduler: FairScheduler
  /** Whether the reader wants nothing for now; it lets the socket flow again itself. */
  readonly isPaused: () => boolean
}

/**
 * Takes the place of the socket's one listener for data, until its owner removes that. What waits for its turn waits in
 * the socket, so the socket does not end before it was read, and takes no more from the network than it would.
 */
export class Portions {
  readonly #socket: Duplex
  readonly #options: PortionsOptions
  readonly #read: Read
  /** A portion was read, and others have not had their turn yet. */
  #isWaiting = false

  constructor(socket: Duplex, options: PortionsOptions) {
    this.#socket = socket
    this.#options = options
    const [read] = socket.listeners('data')
    this.#read = read as Read
    socket.removeListener('data', this.#read)
    // Node also removes a listener by the one that it names here.
    socket.on(
      'data',
      Object.assign((chunk: Buffer) => this.#arrived(chunk), { listener: read }),
    )
    // Who removes the listener at the end reads what the socket still has, all at once: by then nobody is answered.
    socket.prependListener('close', () => void socket.read())
  }

  #arrived(chunk: Buffer): void {
    if (this.#isWaiting) return this.#putBack(chunk)
    const { bytes, scheduler } = this.#options
    if (chunk.length <= bytes) return this.#read.call(this.#socket, chunk)
    this.#read.call(this.#socket, chunk.subarray(0, bytes))
    this.#isWaiting = true
    this.#putBack(chunk.subarray(bytes))
    scheduler.wait(() => this.#readOn())
  }

  #putBack(rest: Buffer): void {
    if (this.#socket.destroyed) return
    this.#socket.pause()
    this.#socket.unshift(rest)
  }

  #readOn(): void {
    this.#isWaiting = false
    if (!this.#socket.destroyed && !this.#options.isPaused()) this.#socket.resume()
  }
}
