/** A raw TCP connection of a load generator, with as little overhead as Node allows. */
import { connect, type Socket } from 'node:net'

/** Size of the read buffer. All links share one, because a chunk is processed before the next one arrives. */
const chunkBytes = 256 * 1_024

export interface RawSocket {
  readonly socket: Socket
  close(): void
}

export type Read = (chunk: Buffer) => void

/** Opens links to one server. `lost` is called with the reason when a link ends that was not closed here. */
export class Links {
  readonly #port: number
  readonly #lost: (reason: string) => void
  readonly #buffer = Buffer.allocUnsafe(chunkBytes)
  readonly #open = new Set<Socket>()

  constructor(port: number, lost: (reason: string) => void) {
    this.#port = port
    this.#lost = lost
  }

  /** Resolves when connected. A chunk is valid only during the call of `read`. */
  open(read: Read): Promise<RawSocket> {
    const { promise, resolve, reject } = Promise.withResolvers<RawSocket>()
    const socket = connect({
      port: this.#port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: this.#buffer,
        callback: (length) => {
          read(this.#buffer.subarray(0, length))
          return true
        },
      },
    })
    this.#open.add(socket)
    socket.once('connect', () => resolve({ socket, close: () => this.#close(socket) }))
    socket.once('error', (error) => {
      reject(error)
      if (this.#open.has(socket)) this.#lost(`a connection failed: ${error.message}`)
    })
    socket.once('close', () => {
      if (this.#open.delete(socket)) this.#lost('the server closed a connection')
    })
    return promise
  }

  close(): void {
    for (const socket of this.#open) this.#close(socket)
  }

  #close(socket: Socket): void {
    this.#open.delete(socket)
    socket.destroy()
  }
}
