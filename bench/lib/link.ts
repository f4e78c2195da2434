/** A raw TCP connection of a load generator: as little between the kernel and the caller as Node allows. */
import { connect, type Socket } from 'node:net'

/** All links share it: a chunk is read before the next one arrives. */
const chunkBytes = 256 * 1_024

export interface Link {
  readonly socket: Socket
  close(): void
}

export type Read = (chunk: Buffer) => void

/** Makes links to one server. `lost` hears of every link that ends without being asked to. */
export class Links {
  readonly #port: number
  readonly #lost: (reason: string) => void
  readonly #buffer = Buffer.allocUnsafe(chunkBytes)
  readonly #open = new Set<Socket>()

  constructor(port: number, lost: (reason: string) => void) {
    this.#port = port
    this.#lost = lost
  }

  /** `read` gets chunks that are valid during the call only. */
  open(read: Read): Promise<Link> {
    const { promise, resolve, reject } = Promise.withResolvers<Link>()
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
