/**
 * Connections that are one too many. Each is told so in the words of its protocol: for that its first line is awaited, for a
 * moment. How many there are at once is bounded, so that a flood of them costs little: the rest are closed at once.
 */
import type { Socket } from 'node:net'
import type { Limits } from '../../protocol/index.ts'
import { crowded } from '../address-book.ts'
import { ProtocolDetection } from './protocol-detection.ts'
import { closeGracefully } from './close-gracefully.ts'
import type { TimerWheel } from '../flow/timer-wheel.ts'
import { refusalMessage } from './refusal-message.ts'

export interface RefusalsOptions {
  readonly limits: Limits
  readonly wheel: TimerWheel
  /** Begins TLS on the socket, whose inside then comes back to {@link Refusals.refuse}. Null: there is no TLS. */
  readonly encrypt: ((socket: Socket) => void) | null
}

export class Refusals {
  readonly #options: RefusalsOptions
  /** Where they come from: the socket inside TLS is another one, from the same port. */
  readonly #peers = new Set<string>()

  constructor(options: RefusalsOptions) {
    this.#options = options
  }

  /** Whether this is the inside of a connection that is being refused. */
  has(socket: Socket): boolean {
    return this.#peers.has(peerOf(socket))
  }

  /** Takes the socket over, with nothing but its error listener on it. */
  refuse(socket: Socket): void {
    const { limits, wheel, encrypt } = this.#options
    const peer = peerOf(socket)
    const isInside = this.#peers.has(peer)
    if (!isInside) {
      if (this.#peers.size >= limits.refusalsMax) return void socket.destroy()
      this.#peers.add(peer)
      socket.once('close', () => this.#peers.delete(peer))
    }
    let isTold = false
    const tell = (protocol: 'http' | 'lines' | 'text'): void => {
      if (isTold || socket.destroyed) return
      isTold = true
      closeGracefully(socket, refusalMessage(protocol, crowded()), this.#options)
    }
    // A person who says nothing reads.
    const late = wheel.after(limits.refusalMs, () => tell('text'))
    socket.once('close', () => late.cancel())
    const detection = new ProtocolDetection(socket, {
      limits,
      wheel,
      choose: ({ protocol, bytes }) => {
        if (protocol !== 'tls') return tell(protocol)
        late.cancel()
        if (encrypt === null || isInside) return void socket.destroy()
        socket.pause()
        socket.unshift(bytes)
        encrypt(socket)
      },
      refuse: () => {},
      leave: () => {},
    })
    detection.listen()
  }
}

function peerOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
