/**
 * WebSocket connections: one JSON-RPC message per text frame. `ws` does the handshake, incoming frames, pings and the closing
 * handshake. Outgoing messages are framed here, so that a turn of the event loop needs one write per socket.
 */
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { Timer } from '../base/index.ts'
import type { AnyNotification, Connection, Session } from '../service/index.ts'
import { InboundQueue, type InboundSource } from './flow/inbound-queue.ts'
import { OutboundStream, type OutboundTarget, type SocketSink } from './flow/outbound-stream.ts'
import { Portions } from './flow/portions.ts'
import type { GatewayContext } from './shared.ts'

/** RFC 6455, 7.4.1. */
const unsupportedData = 1003
/** Messages that may arrive after our close frame: as many as a client may have in flight. A client that sends more is disconnected. */
const lateMessagesMax = 256
/** Bytes read in one turn of the event loop: half a millisecond of work with the smallest frames. */
const bytesPerTurn = 1_024
/** Pings of one connection in one turn of the event loop: many times what a client needs in a minute. */
const pingsPerTurnMax = 64

export class WebSocketConnection implements Connection, SocketSink, InboundSource, OutboundTarget {
  readonly protocol = 'websocket'
  readonly address: string
  readonly session: Session
  readonly #shared: GatewayContext
  readonly #ws: WebSocket
  readonly #socket: Duplex
  readonly #outbound: OutboundStream
  readonly #inbound: InboundQueue
  /** The payload of the newest unanswered ping. Older pings need no answer (RFC 6455, 5.5.3). */
  #ping: Buffer | null = null
  #pings = 0
  #lateCount = 0
  #closeTimer: Timer | null = null

  /** @param socket the socket of `ws`, which must have been opened without compression. */
  constructor(ws: WebSocket, socket: Duplex, address: string, shared: GatewayContext) {
    this.address = address
    this.#shared = shared
    this.#ws = ws
    this.#socket = socket
    this.#inbound = new InboundQueue(shared.scheduler, this)
    const outbound = { sink: this, encoding: 'latin1', inbound: this.#inbound, hasHeartbeat: true } as const
    this.#outbound = new OutboundStream(this, outbound, shared)
    new Portions(socket, { bytes: bytesPerTurn, scheduler: shared.scheduler, isPaused: () => ws.isPaused })
    // `ws` stops sending at 'end', so the last answers are flushed first.
    socket.prependListener('end', () => this.#outbound.flush())
    this.#outbound.open()
    this.session = shared.host.connect(this)
    ws.on('message', (data, isBinary) => this.#take(data, isBinary))
    ws.on('ping', (data) => this.#pinged(data))
    ws.on('pong', () => this.#outbound.received())
    // `ws` has already sent the close code for the violation; 'close' follows.
    ws.on('error', () => this.#outbound.end())
    ws.on('close', () => this.#end())
    socket.on('drain', () => this.#outbound.drain())
  }

  send(message: string): void {
    this.#outbound.send(message)
  }

  notify({ key, message }: AnyNotification): void {
    this.#outbound.sendNewest(key, message)
  }

  whenSent(call: () => void): void {
    this.#outbound.whenSent(call)
  }

  close(code: number, reason: string): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    this.#shared.log.debug({ protocol: this.protocol, code, reason }, 'connection closes')
    this.#outbound.finish()
    this.#inbound.end()
    this.#ws.resume()
    this.#ws.close(code, reason)
    this.#closeTimer = this.#shared.wheel.after(this.#shared.limits.drainMs, () => this.#ws.terminate())
  }

  /** Writes complete frames between those of `ws`; drops them once the closing handshake has begun. */
  write(frames: string, encoding: BufferEncoding): boolean {
    return this.#ws.readyState !== this.#ws.OPEN || this.#socket.write(frames, encoding)
  }

  get writableLength(): number {
    return this.#socket.writableLength
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

  cutOff(code: number): void {
    this.close(code, 'too-slow')
    this.#ws.terminate()
  }

  beat(): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping()
  }

  expectsTraffic(): boolean {
    return !this.#ws.isPaused
  }

  peerIsGone(): void {
    this.#ws.terminate()
  }

  #take(data: RawData, isBinary: boolean): void {
    if (this.#ws.readyState !== this.#ws.OPEN) {
      if (++this.#lateCount > lateMessagesMax) this.#ws.terminate()
      return
    }
    this.#outbound.received()
    if (isBinary) return this.close(unsupportedData, 'messages are text')
    // RawData is always a Buffer here, because binaryType has its default value.
    if (Buffer.isBuffer(data)) this.#inbound.take(data.toString())
  }

  /** All pings of one turn get one pong; pings that come while the reader is slow are never answered. */
  #pinged(data: Buffer): void {
    this.#outbound.received()
    if (++this.#pings > pingsPerTurnMax) return this.#ws.terminate()
    if (this.#ping === null) setImmediate(this.#pong)
    this.#ping = data
  }

  readonly #pong = (): void => {
    const ping = this.#ping
    this.#ping = null
    this.#pings = 0
    if (ping !== null && !this.#outbound.isSlow) this.#outbound.sendFrame(`\x8a${frameBody(ping.toString('latin1'))}`)
  }

  #end(): void {
    this.#inbound.end()
    this.#closeTimer?.cancel()
    this.#outbound.leave()
    this.session.end()
  }
}

/** An unmasked final text frame (RFC 6455, 5.2) with one character per byte. */
export function makeFrame(message: string): string {
  return `\x81${frameBody(isAscii(message) ? message : Buffer.from(message).toString('latin1'))}`
}

/** Length and payload, with one character per byte. */
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
