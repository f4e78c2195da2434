/**
 * The WebSocket door: one JSON-RPC message a text frame. `ws` keeps the protocol: handshake, frames that arrive, pings,
 * the closing handshake. Only what we send is framed here, so that a turn of the loop costs a socket one write.
 */
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { Timer } from '../base/index.ts'
import type { Connection } from '../service/index.ts'
import type { Caller } from './host.ts'
import { Outbox, type Sink } from './outbox.ts'
import { Patience } from './patience.ts'
import type { Shared, Wire } from './shared.ts'

/** RFC 6455, 7.4.1. */
const unsupportedData = 1003

export class WebSocketConnection implements Connection, Wire, Sink {
  readonly door = 'websocket'
  readonly address: string
  readonly #shared: Shared
  readonly #ws: WebSocket
  readonly #socket: Duplex
  readonly #outbox: Outbox
  readonly #talk: Caller
  #heardAt: number
  #heartbeat: Timer | null = null
  readonly #patience: Patience
  #farewell: Timer | null = null

  /** `socket` is the one under `ws`, which must have been opened without compression. */
  constructor(ws: WebSocket, socket: Duplex, address: string, shared: Shared) {
    const { limits, flusher, meter, wheel } = shared
    this.address = address
    this.#shared = shared
    this.#ws = ws
    this.#socket = socket
    this.#heardAt = wheel.now
    this.#outbox = new Outbox({
      sink: this,
      encoding: 'latin1',
      frame: makeFrame,
      flusher,
      meter,
      unsentBytesMax: limits.unsentBytesMax,
      slow: (isSlow) => this.#slow(isSlow),
    })
    this.#patience = new Patience(shared, this.door, (code) => {
      this.close(code, 'too-slow')
      ws.terminate()
    })
    shared.enter(this)
    this.#talk = shared.host.connect(this)
    ws.on('message', (data, isBinary) => this.#hear(data, isBinary))
    ws.on('pong', () => (this.#heardAt = wheel.now))
    // `ws` has sent the close code that belongs to the violation; 'close' follows.
    ws.on('error', () => this.#outbox.end())
    ws.on('close', () => this.#end())
    socket.on('drain', () => this.#outbox.drain())
    this.#beat()
  }

  send(message: string): void {
    this.#outbox.send(message)
  }

  sendNewest(key: string, message: string): void {
    this.#outbox.sendNewest(key, message)
  }

  close(code: number, reason: string): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    this.#shared.log.debug({ door: this.door, code, reason }, 'connection closes')
    this.#outbox.flush()
    this.#outbox.end()
    this.#ws.resume()
    this.#ws.close(code, reason)
    this.#patience.end()
    this.#farewell = this.#shared.wheel.after(this.#shared.limits.drainMs, () => this.#ws.terminate())
  }

  /** Whole frames, between those of `ws`; none once it has begun the closing handshake. */
  write(frames: string, encoding: BufferEncoding): boolean {
    return this.#ws.readyState !== this.#ws.OPEN || this.#socket.write(frames, encoding)
  }

  get writableLength(): number {
    return this.#socket.writableLength
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    this.#heardAt = this.#shared.wheel.now
    if (isBinary) return this.close(unsupportedData, 'messages are text')
    // Of the forms of RawData only a Buffer occurs: binaryType is left at its default.
    if (Buffer.isBuffer(data)) this.#talk.hear(data.toString())
  }

  #slow(isSlow: boolean): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    if (isSlow) {
      this.#ws.pause()
      this.#patience.begin()
    } else {
      this.#ws.resume()
      this.#patience.end()
    }
  }

  #beat(): void {
    const { limits, wheel } = this.#shared
    this.#heartbeat = wheel.after(limits.heartbeatMs, () => {
      if (wheel.now - this.#heardAt >= 2 * limits.heartbeatMs && !this.#ws.isPaused) return this.#ws.terminate()
      if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping()
      this.#beat()
    })
  }

  #end(): void {
    this.#heartbeat?.cancel()
    this.#patience.end()
    this.#farewell?.cancel()
    this.#outbox.end()
    this.#talk.end()
    this.#shared.leave(this)
  }
}

/** An unmasked, final text frame, one character a byte: RFC 6455, 5.2. */
export function makeFrame(message: string): string {
  const payload = isAscii(message) ? message : Buffer.from(message).toString('latin1')
  const { length } = payload
  if (length < 126) return `\x81${String.fromCharCode(length)}${payload}`
  if (length < 65_536) return `\x81\x7e${String.fromCharCode(length >> 8, length & 255)}${payload}`
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(length))
  return `\x81\x7f${size.toString('latin1')}${payload}`
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}
