/**
 * The WebSocket protocol: one JSON-RPC message a text frame. `ws` keeps the protocol: handshake, frames that arrive, pings,
 * the closing handshake. Only what we send is framed here, so that a turn of the loop costs a socket one write.
 */
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { Timer } from '../base/index.ts'
import type { Connection } from '../service/index.ts'
import { type InboundHandler, InboundQueue } from './flow/inbound-queue.ts'
import { Heartbeat, type HeartbeatTarget } from './flow/heartbeat.ts'
import type { Caller } from './host.ts'
import { Outbox, type OutboxTarget, type Sink } from './flow/outbox.ts'
import { Portions } from './flow/portions.ts'
import type { Shared, Wire } from './shared.ts'

/** RFC 6455, 7.4.1. */
const unsupportedData = 1003
/** Messages that may arrive after our close frame: as many as a client may have under way. One that sends more is cut off. */
const lateMessagesMax = 256
/** Read in one turn of the loop: of the smallest frames half a millisecond's work. */
const bytesPerTurn = 1_024
/** Pings of one connection in one turn of the loop: many times what a client needs in a minute. */
const pingsPerTurnMax = 64

export class WebSocketConnection implements Connection, Wire, Sink, InboundHandler, OutboxTarget, HeartbeatTarget {
  readonly protocol = 'websocket'
  readonly address: string
  readonly #shared: Shared
  readonly #ws: WebSocket
  readonly #socket: Duplex
  readonly #outbox: Outbox
  readonly #inbound: InboundQueue
  readonly #talk: Caller
  /** What the newest ping said, until it is answered: older ones need no answer (RFC 6455, 5.5.3). */
  #ping: Buffer | null = null
  #pings = 0
  #late = 0
  readonly #heartbeat: Heartbeat
  #farewell: Timer | null = null

  /** `socket` is the one under `ws`, which must have been opened without compression. */
  constructor(ws: WebSocket, socket: Duplex, address: string, shared: Shared) {
    this.address = address
    this.#shared = shared
    this.#ws = ws
    this.#socket = socket
    this.#outbox = new Outbox(this, this, 'latin1', shared)
    this.#inbound = new InboundQueue(shared.scheduler, this)
    new Portions(socket, { bytes: bytesPerTurn, scheduler: shared.scheduler, isPaused: () => ws.isPaused })
    // With the end `ws` stops sending: what answers the last messages goes out first.
    socket.prependListener('end', () => this.#outbox.flush())
    shared.enter(this)
    this.#talk = shared.host.connect(this)
    ws.on('message', (data, isBinary) => this.#take(data, isBinary))
    ws.on('ping', (data) => this.#pinged(data))
    ws.on('pong', () => this.#heartbeat.heard())
    // `ws` has sent the close code that belongs to the violation; 'close' follows.
    ws.on('error', () => this.#outbox.end())
    ws.on('close', () => this.#end())
    socket.on('drain', () => this.#outbox.drain())
    this.#heartbeat = new Heartbeat(shared, this)
  }

  send(message: string): void {
    this.#outbox.send(message)
  }

  sendNewest(key: string, message: string): void {
    this.#outbox.sendNewest(key, message)
  }

  whenSent(call: () => void): void {
    this.#outbox.whenSent(call)
  }

  close(code: number, reason: string): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    this.#shared.log.debug({ protocol: this.protocol, code, reason }, 'connection closes')
    this.#outbox.finish()
    this.#inbound.end()
    this.#ws.resume()
    this.#ws.close(code, reason)
    this.#farewell = this.#shared.wheel.after(this.#shared.limits.drainMs, () => this.#ws.terminate())
  }

  /** Whole frames, between those of `ws`; none once it has begun the closing handshake. */
  write(frames: string, encoding: BufferEncoding): boolean {
    return this.#ws.readyState !== this.#ws.OPEN || this.#socket.write(frames, encoding)
  }

  get writableLength(): number {
    return this.#socket.writableLength
  }

  hear(message: string): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#talk.hear(message, this.#shared.scheduler.beganAt)
  }

  pause(): void {
    this.#ws.pause()
  }

  resume(): void {
    this.#ws.resume()
  }

  frame(message: string): string {
    return makeFrame(message)
  }

  slow(isSlow: boolean): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    this.#inbound.slow(isSlow)
  }

  yield(): void {
    this.#inbound.yield()
  }

  cutOff(code: number): void {
    this.close(code, 'too-slow')
    this.#ws.terminate()
  }

  beat(): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping()
  }

  isOwed(): boolean {
    return !this.#ws.isPaused
  }

  lose(): void {
    this.#ws.terminate()
  }

  #take(data: RawData, isBinary: boolean): void {
    if (this.#ws.readyState !== this.#ws.OPEN) {
      if (++this.#late > lateMessagesMax) this.#ws.terminate()
      return
    }
    this.#heartbeat.heard()
    if (isBinary) return this.close(unsupportedData, 'messages are text')
    // Of the forms of RawData only a Buffer occurs: binaryType is left at its default.
    if (Buffer.isBuffer(data)) this.#inbound.take(data.toString())
  }

  /** Many pings of one turn get one pong; a slow reader gets none until it has read. */
  #pinged(data: Buffer): void {
    this.#heartbeat.heard()
    if (++this.#pings > pingsPerTurnMax) return this.#ws.terminate()
    if (this.#ping === null) setImmediate(this.#pong)
    this.#ping = data
  }

  readonly #pong = (): void => {
    const ping = this.#ping
    this.#ping = null
    this.#pings = 0
    if (ping !== null && !this.#outbox.isSlow) this.#outbox.sendFrame(`\x8a${frameBody(ping.toString('latin1'))}`)
  }

  #end(): void {
    this.#heartbeat.end()
    this.#inbound.end()
    this.#farewell?.cancel()
    this.#outbox.end()
    this.#talk.end()
    this.#shared.leave(this)
  }
}

/** An unmasked, final text frame, one character a byte: RFC 6455, 5.2. */
export function makeFrame(message: string): string {
  return `\x81${frameBody(isAscii(message) ? message : Buffer.from(message).toString('latin1'))}`
}

/** Length and payload, one character a byte. */
function frameBody(payload: string): string {
  const { length } = payload
  if (length < 126) return `${String.fromCharCode(length)}${payload}`
  if (length < 65_536) return `\x7e${String.fromCharCode(length >> 8, length & 255)}${payload}`
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(length))
  return `\x7f${size.toString('latin1')}${payload}`
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}
