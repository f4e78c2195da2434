/** A connection to the submission: sends bytes, reads messages, records both. Its keyboard and screen are one too. */
import { connect, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { holdingClock, sleep, within } from '../../base/index.ts'
import type { Player } from '../../game/index.ts'
import type { Codec } from '../wire/codec.ts'
import { isMeaningful, type Meaning } from '../wire/meaning.ts'
import type { CheckEvidence } from './evidence.ts'
import { SubmissionMistake } from './mistake.ts'

export interface SubmissionAddress {
  readonly host: string
  readonly port: number
}

export interface ConnectionOptions {
  readonly address: SubmissionAddress
  readonly codec: Codec
  /** Where to record: each check has its own. */
  readonly evidence: () => CheckEvidence
  /** The name in the evidence. */
  readonly name: string
  /** Patterns of messages without a meaning; `all` messages without a meaning are ignored on a screen. */
  readonly ignore: readonly RegExp[] | 'all'
}

/** The time in which a request must be answered, in ms. */
export const answerMs = 2_000
/** The longest time to open a connection, in ms. */
const openMs = 2_000
/** The time after which a server that takes no bytes is believed to have stopped reading, in ms. */
const stuckMs = 2_000
/** How often a flood looks whether it is enough, in ms. */
const lookMs = 100
/** Bytes of an unfinished message after which reading ends: a server that floods must not fill the grader's memory. */
const pendingBytesMax = 4 * 2 ** 20

export class SubmissionConnection {
  readonly name: string
  /** The player whose connection this is; null if it is nobody's. */
  self: Player | null = null
  /** What the server gave the player to name itself by. */
  token = ''
  readonly #options: Omit<ConnectionOptions, 'address'>
  readonly #socket: Duplex
  #pending: Buffer = Buffer.alloc(0)
  readonly #messages: Meaning[] = []
  #hasEnded = false
  #lastByteAt = holdingClock.now()
  /** Decoding in progress: an adapter answers later, and messages keep their order. */
  #decoding: Promise<void> = Promise.resolve()
  /** Why nothing more can be decoded: the adapter has failed. */
  #failure: Error | null = null
  #wake = Promise.withResolvers<void>()

  constructor(options: Omit<ConnectionOptions, 'address'>, socket: Duplex) {
    this.#options = options
    this.name = options.name
    this.#socket = socket
    if (socket instanceof Socket) socket.setNoDelay(true)
    socket.on('data', (data: Buffer) => this.#receive(data))
    socket.on('end', () => this.#end())
    socket.on('close', () => this.#end())
    socket.on('error', () => {})
    options.evidence().add(this.name, 'opened')
  }

  /** @throws SubmissionMistake if nobody accepts the connection. */
  static async open(options: ConnectionOptions): Promise<SubmissionConnection> {
    // Half open: which side closes first decides whether the port of the server stays in use.
    const socket = connect({ ...options.address, allowHalfOpen: true })
    const { promise: opened, resolve, reject } = Promise.withResolvers<boolean>()
    socket.once('connect', () => resolve(true))
    socket.once('error', reject)
    await within(holdingClock, openMs, opened).catch((cause: unknown) => {
      throw new SubmissionMistake(
        `a connection to port ${options.address.port} was refused (${cause instanceof Error ? cause.message : String(cause)})`,
      )
    })
    if (socket.connecting) {
      socket.destroy()
      throw new SubmissionMistake(
        `a connection to port ${options.address.port} was not accepted within ${openMs / 1_000} s`,
      )
    }
    return new SubmissionConnection(options, socket)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Whether both sides have closed it. */
  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  get codec(): Codec {
    return this.#options.codec
  }

  /** Whether a message has come that `next` returns. */
  get hasNews(): boolean {
    return this.#messages.some((message) => !this.#isIgnored(message))
  }

  #receive(data: Buffer): void {
    this.#options.evidence().add(this.name, 'received', data)
    this.#lastByteAt = holdingClock.now()
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data])
    if (this.#pending.length > pendingBytesMax) this.#socket.destroy()
    this.#decode()
    const { silenceMs } = this.#options.codec
    if (silenceMs > 0) holdingClock.after(silenceMs, () => this.#decode())
  }

  #end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#options.evidence().add(this.name, 'closed')
    this.#decode()
  }

  #decode(): void {
    this.#decoding = this.#decoding
      .then(() => this.#decodeNow())
      .catch((cause: unknown) => {
        this.#failure ??= cause instanceof Error ? cause : new Error(String(cause))
        this.#wake.resolve()
      })
  }

  async #decodeNow(): Promise<void> {
    if (this.#failure !== null) return
    const state = { hasEnded: this.#hasEnded, quietMs: holdingClock.now() - this.#lastByteAt }
    const { consumed, messages } = await this.#options.codec.decode(this.#pending, state, this.self)
    this.#pending = this.#pending.subarray(consumed)
    this.#messages.push(...messages)
    this.#wake.resolve()
    this.#wake = Promise.withResolvers()
  }

  #isIgnored(message: Meaning): boolean {
    const { ignore } = this.#options
    if (isMeaningful(message)) return false
    return ignore === 'all' || message.text.trim() === '' || ignore.some((pattern) => pattern.test(message.text))
  }

  /**
   * Sends bytes at once. Does nothing on a connection that has ended. `isWhole`: they end a request, after which nothing more
   * is sent if the end of the stream ends it.
   */
  write(bytes: Uint8Array, isWhole = true): void {
    if (this.#socket.destroyed || !this.#socket.writable) return
    this.#options.evidence().add(this.name, 'sent', bytes)
    if (isWhole && this.#options.codec.closesToEnd) this.#socket.end(bytes)
    else this.#socket.write(bytes)
  }

  /** Sends without reading the answers until the server accepts no more or `isEnough`, at most for `ms`. */
  async flood(bytes: Uint8Array, ms: number, isEnough: () => boolean): Promise<void> {
    this.#socket.pause()
    this.#options.evidence().add(this.name, 'sent', bytes)
    const end = holdingClock.now() + ms
    let progressAt = holdingClock.now()
    while (this.#socket.writable && holdingClock.now() < end && !isEnough()) {
      if (!this.#socket.writableNeedDrain) {
        progressAt = holdingClock.now()
        if (this.#socket.write(bytes)) continue
      } else if (holdingClock.now() > progressAt + stuckMs) return
      const drained = Promise.withResolvers<void>()
      this.#socket.once('drain', drained.resolve)
      await within(holdingClock, lookMs, drained.promise)
      this.#socket.off('drain', drained.resolve)
    }
  }

  /** The next message with a meaning, or that is not ignored; null if none comes within `ms` or the connection ends. */
  async next(ms: number): Promise<Meaning | null> {
    const end = holdingClock.now() + ms
    for (;;) {
      const message = await this.nextOfAll(end - holdingClock.now())
      if (message === null || !this.#isIgnored(message)) return message
    }
  }

  /** The next message, even one without a meaning. */
  async nextOfAll(ms: number): Promise<Meaning | null> {
    const end = holdingClock.now() + ms
    for (;;) {
      if (this.#failure !== null) throw this.#failure
      const message = this.#messages.shift()
      if (message !== undefined) return message
      const left = end - holdingClock.now()
      if (left <= 0) return null
      const wake = this.#wake.promise
      if (this.#hasEnded) {
        await this.#decoding
        if (this.#messages.length === 0) return null
      } else await within(holdingClock, left, wake)
    }
  }

  /** Takes all messages that have come and were not read, without those that are ignored. */
  drain(): readonly Meaning[] {
    return this.#messages.splice(0).filter((message) => !this.#isIgnored(message))
  }

  /** Bytes that are no whole message yet, as text. */
  get unread(): string {
    return this.#pending.toString('latin1')
  }

  /** Reads nothing and resolves after the connection has ended, or after `ms`. */
  async ended(ms: number): Promise<boolean> {
    const end = holdingClock.now() + ms
    while (!this.#hasEnded && holdingClock.now() < end) await sleep(holdingClock, 5)
    return this.#hasEnded
  }

  close(): void {
    if (this.#hasEnded) this.vanish()
    else this.leave()
  }

  /** Ends the connection as most clients do. If the server has closed it first, its port stays in use for a minute. */
  leave(): void {
    this.#socket.end(() => this.#socket.destroy())
  }

  /** Ends the connection by a reset, as a machine that vanishes does. The port of the server does not stay in use for it. */
  vanish(): void {
    // A reset after a shutdown is not possible.
    if (this.#socket instanceof Socket && !this.#socket.writableEnded) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }
}
