/** A client socket for tests: records what it received and when it closed. */
import { connect, type Socket } from 'node:net'
import type { Gateway } from '../gateway.ts'

export class TestSocket {
  readonly socket: Socket
  got = ''
  readonly closed: Promise<void>
  #waiting: (() => void)[] = []

  constructor(socket: Socket) {
    this.socket = socket
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    socket.on('data', (chunk: Buffer) => {
      this.got += chunk.toString('latin1')
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      resolve()
      this.#wake()
    })
  }

  /** Connects to the gateway; the socket closes when the gateway closes its side. */
  static to(gateway: Gateway): TestSocket {
    const { host, port } = gateway.address
    return new TestSocket(connect({ host, port, noDelay: true }))
  }

  write(text: string | Buffer): this {
    this.socket.write(text)
    return this
  }

  /** Writes `bytes` in pieces of `pieceBytes`, each in a packet of its own. */
  async writePieces(bytes: Buffer, pieceBytes: number): Promise<void> {
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      const piece = bytes.subarray(start, start + pieceBytes)
      await new Promise((resolve) => this.socket.write(piece, resolve))
      await new Promise(setImmediate)
    }
  }

  /** Everything that arrives until the gateway closes its side. */
  async all(): Promise<string> {
    await this.closed
    return this.got
  }

  /** Resolves when the received text contains `text`. @throws if the socket closes first. */
  async until(text: string): Promise<void> {
    while (!this.got.includes(text)) await this.more()
  }

  /** Resolves when more has arrived. @throws if the socket is closed. */
  async more(): Promise<void> {
    if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.got)}`)
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
