/** A client socket for tests: records what it received and when, and when it closed. */
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net'
import { systemClock } from '../../base/index.ts'
import type { Gateway } from '../gateway.ts'

export interface Arrival {
  /** Time since the socket was created, in ms. */
  readonly at: number
  readonly text: string
}

/** A length that the buffers of two sockets do not take, however long they have: its reader is slow until it reads. */
export const lengthBeyondBuffers = 40_000_000

export class TestSocket {
  readonly socket: Socket
  got = ''
  readonly arrivals: Arrival[] = []
  /** Resolves at the end of the connection with its duration, in ms. */
  readonly closed: Promise<number>
  readonly #startedAt = systemClock.now()
  #waiting: (() => void)[] = []

  constructor(socket: Socket) {
    this.socket = socket
    const { promise, resolve } = Promise.withResolvers<number>()
    this.closed = promise
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1')
      this.got += text
      this.arrivals.push({ at: this.#lasted, text })
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      resolve(this.#lasted)
      this.#wake()
    })
  }

  /** Connects to the gateway; the socket closes when the gateway closes its side. */
  static to({ address: { host, port } }: Gateway): TestSocket {
    return TestSocket.at({ host, port })
  }

  static at(options: TcpNetConnectOpts, said = ''): TestSocket {
    const test = new TestSocket(connect({ noDelay: true, ...options }))
    return said === '' ? test : test.write(said)
  }

  write(text: string | Buffer): this {
    this.socket.write(text)
    return this
  }

  /** Writes `bytes` in pieces of `sizeOf(left)` bytes, each in a packet of its own, as far as that can be controlled. */
  async writePieces(bytes: Buffer, sizeOf: (left: number) => number): Promise<void> {
    for (let start = 0; start < bytes.length && this.socket.writable;) {
      const end = start + sizeOf(bytes.length - start)
      await new Promise((resolve) => this.socket.write(bytes.subarray(start, end), resolve))
      await new Promise(setImmediate)
      start = end
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

  get #lasted(): number {
    return systemClock.now() - this.#startedAt
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
