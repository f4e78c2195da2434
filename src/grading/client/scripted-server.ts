/** The server against which a client is graded: it accepts connections, reads requests and sends what a check tells it to. */
import { createServer, type Server, type Socket } from 'node:net'
import { holdingClock, sleep } from '../../base/index.ts'
import type { Description } from '../description/description.ts'
import type { CheckEvidence } from '../submission/evidence.ts'
import { CannotGrade } from '../submission/mistake.ts'
import { makeRequestFraming, type RequestFraming } from './request-framing.ts'
import { type ReadRequest, makeRequestReader, type RequestReader } from './requests.ts'

/** How the bytes of an answer travel. */
export type AnswerDelivery = 'whole' | 'byte-by-byte' | 'halves'

const byteMs = 1
const halvesMs = 1_000

export interface ScriptedServerOptions {
  readonly description: Description
  readonly port: number
  readonly evidence: () => CheckEvidence
  /** What is said first on a new connection. */
  readonly greet: () => Uint8Array
  /** Returns the answer to a request that is no move. Null: a check answers it. */
  readonly answer: (request: ReadRequest) => Uint8Array | null
}

export class ScriptedServer {
  readonly requests: RequestReader
  /** The requests of `open` and `join` so far. */
  steps = 0
  /** The connections that were opened so far. */
  accepted = 0
  readonly #options: ScriptedServerOptions
  readonly #framing: RequestFraming
  readonly #servers: Server[] = []
  #sockets: Socket[] = []
  /** The connection of the last request. */
  #last: Socket | null = null
  readonly #queue: ReadRequest[] = []

  constructor(options: ScriptedServerOptions) {
    this.#options = options
    this.requests = makeRequestReader(options.description)
    this.#framing = makeRequestFraming(options.description)
  }

  /** @throws CannotGrade if the port is taken. */
  async listen(): Promise<void> {
    await this.#listenOn('127.0.0.1').catch((cause: unknown) => {
      throw new CannotGrade(
        `the grader cannot listen on port ${this.#options.port}: ${cause instanceof Error ? cause.message : String(cause)}`,
      )
    })
    // `localhost` may be this address; not every machine has it.
    await this.#listenOn('::1').catch(() => {})
  }

  async #listenOn(host: string): Promise<void> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#accept(socket))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(this.#options.port, host, resolve)
    await promise
    this.#servers.push(server)
  }

  #accept(socket: Socket): void {
    const name = `${++this.accepted}`
    const { evidence, greet } = this.#options
    evidence().add(name, 'opened')
    this.#sockets.push(socket)
    this.#last ??= socket
    let pending: Buffer = Buffer.alloc(0)
    let lastByteAt = holdingClock.now()
    const read = (hasEnded: boolean): void => {
      const { consumed, messages } = this.#framing.split(pending, {
        hasEnded,
        quietMs: holdingClock.now() - lastByteAt,
      })
      pending = pending.subarray(consumed)
      for (const { payload } of messages) this.#handle(this.requests.read(payload), socket)
    }
    socket.on('data', (data: Buffer) => {
      evidence().add(name, 'received', data)
      lastByteAt = holdingClock.now()
      pending = Buffer.concat([pending, data])
      read(false)
      const { silenceMs } = this.#framing
      if (silenceMs > 0) holdingClock.after(silenceMs, () => read(false))
    })
    socket.on('end', () => {
      read(true)
      evidence().add(name, 'closed')
      // A client that has ended its side of the connection may still wait for an answer.
      if (this.#options.description.connect !== 'move') socket.end()
    })
    socket.on('close', () => {
      this.#sockets = this.#sockets.filter((each) => each !== socket)
      if (this.#last === socket) this.#last = this.#sockets.at(-1) ?? null
    })
    socket.on('error', () => {})
    const greeting = greet()
    if (greeting.length > 0) this.#write(socket, greeting)
  }

  #handle(request: ReadRequest, socket: Socket): void {
    this.#last = socket
    if (request.kind === 'step') this.steps++
    const answer = this.#options.answer(request)
    if (answer === null) this.#queue.push(request)
    else {
      if (answer.length > 0) this.#write(socket, answer)
      this.#finish(socket)
    }
  }

  #write(socket: Socket, bytes: Uint8Array): void {
    if (socket.destroyed || !socket.writable) return
    this.#options.evidence().add(`${this.#sockets.indexOf(socket) + 1}`, 'sent', bytes)
    socket.write(bytes)
  }

  /** Some answers end with the connection. */
  #finish(socket: Socket): void {
    const { protocol } = this.#options.description
    if (protocol.type === 'patterns' && protocol.framing === 'close') socket.end()
  }

  get hasRequest(): boolean {
    return this.#queue.length > 0
  }

  /** The next request that a check answers; null if none comes within `ms`. */
  async next(ms: number): Promise<ReadRequest | null> {
    const end = holdingClock.now() + ms
    for (;;) {
      const request = this.#queue.shift()
      if (request !== undefined) return request
      if (holdingClock.now() >= end) return null
      await sleep(holdingClock, 2)
    }
  }

  /** Answers the last request. */
  async send(bytes: Uint8Array, delivery: AnswerDelivery = 'whole'): Promise<void> {
    const socket = this.#last
    if (socket === null) return
    const half = Math.ceil(bytes.length / 2)
    const [parts, pauseMs] =
      delivery === 'whole'
        ? [[bytes], 0]
        : delivery === 'halves'
          ? [[bytes.subarray(0, half), bytes.subarray(half)], halvesMs]
          : [Array.from(bytes, (byte) => Uint8Array.of(byte)), byteMs]
    for (const [index, part] of parts.entries()) {
      if (index > 0) await sleep(holdingClock, pauseMs)
      this.#write(socket, part)
    }
    this.#finish(socket)
  }

  /** Ends all connections, without an answer or in the middle of one, and listens no more. */
  vanish(how: 'closed' | 'reset'): void {
    for (const server of this.#servers.splice(0)) server.close()
    for (const socket of this.#sockets.splice(0))
      if (how === 'closed') socket.destroy()
      else socket.resetAndDestroy()
    this.#options.evidence().note(`the server is gone: its connections are ${how}`)
  }

  close(): void {
    for (const server of this.#servers.splice(0)) server.close()
    for (const socket of this.#sockets.splice(0)) socket.destroy()
  }
}
