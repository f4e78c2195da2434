/** Passes the data of a socket to its reader in small portions, so that a large chunk does not delay other connections. */
import type { Duplex } from 'node:stream'
import type { FairScheduler } from './fair-scheduler.ts'

type Read = (this: Duplex, chunk: Buffer) => void

export interface PortionsOptions {
  /** The number of bytes that are read from one connection before other connections have their turn. */
  readonly bytes: number
  readonly scheduler: FairScheduler
  /** Whether the reader has paused; it resumes the socket itself. */
  readonly isPaused: () => boolean
}

/**
 * Replaces the only `data` listener of the socket until its owner removes that listener. Waiting data stays in the socket's
 * buffer, so the socket does not emit 'end' before it was read, and reads no more from the network than Node would.
 */
export class Portions {
  readonly #socket: Duplex
  readonly #options: PortionsOptions
  readonly #read: Read
  /** A portion was read, and the other connections have not had their turn yet. */
  #isWaiting = false

  constructor(socket: Duplex, options: PortionsOptions) {
    this.#socket = socket
    this.#options = options
    const [read] = socket.listeners('data')
    this.#read = read as Read
    socket.removeListener('data', this.#read)
    // `removeListener(read)` also removes a wrapper whose `listener` is `read`.
    socket.on(
      'data',
      Object.assign((chunk: Buffer) => this.#arrived(chunk), { listener: read }),
    )
    // If the owner removes the listener at the end, this discards the rest at once: no answer can be sent any more.
    socket.prependListener('close', () => void socket.read())
  }

  #arrived(chunk: Buffer): void {
    if (this.#isWaiting) return this.#putBack(chunk)
    const { bytes, scheduler } = this.#options
    if (chunk.length <= bytes) return this.#read.call(this.#socket, chunk)
    this.#read.call(this.#socket, chunk.subarray(0, bytes))
    this.#isWaiting = true
    this.#putBack(chunk.subarray(bytes))
    scheduler.wait(() => this.#continue())
  }

  #putBack(rest: Buffer): void {
    if (this.#socket.destroyed) return
    this.#socket.pause()
    this.#socket.unshift(rest)
  }

  #continue(): void {
    this.#isWaiting = false
    if (!this.#socket.destroyed && !this.#options.isPaused()) this.#socket.resume()
  }
}
