/**
 * Refuses connections above a limit. A refused connection waits a moment for its first line, to be refused in its protocol. At
 * most `refusalsMax` connections wait like this, so that a flood costs little; further ones are closed at once.
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
  /** Starts TLS on the socket; the decrypted socket is then passed to {@link Refusals.refuse}. Null: no TLS. */
  readonly encrypt: ((socket: Socket) => void) | null
}

export class Refusals {
  readonly #options: RefusalsOptions
  /** Address and port of each connection, which identify also the decrypted socket inside TLS. */
  readonly #peers = new Set<string>()

  constructor(options: RefusalsOptions) {
    this.#options = options
  }

  /** Whether this is the decrypted socket of a connection that is being refused. */
  has(socket: Socket): boolean {
    return this.#peers.has(peerOf(socket))
  }

  /** Takes over the socket, which must have only its error listener. */
  refuse(socket: Socket): void {
    const { limits, wheel, encrypt } = this.#options
    const peer = peerOf(socket)
    const isInside = this.#peers.has(peer)
    if (!isInside) {
      if (this.#peers.size >= limits.refusalsMax) return void socket.destroy()
      this.#peers.add(peer)
      socket.once('close', () => this.#peers.delete(peer))
    }
    let isRefused = false
    const sendRefusal = (protocol: 'http' | 'lines' | 'text'): void => {
      if (isRefused || socket.destroyed) return
      isRefused = true
      closeGracefully(socket, refusalMessage(protocol, crowded()), this.#options)
    }
    // A client that sends nothing is presumably a person, so it gets the refusal as text.
    const timeout = wheel.after(limits.refusalMs, () => sendRefusal('text'))
    socket.once('close', () => timeout.cancel())
    const detection = new ProtocolDetection(socket, {
      limits,
      wheel,
      choose: ({ protocol, bytes }) => {
        if (protocol !== 'tls') return sendRefusal(protocol)
        timeout.cancel()
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
