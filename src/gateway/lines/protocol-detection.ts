/** Waits on a new connection until its first bytes choose a protocol (`sniff.ts`), or refuses it. */
import type { Socket } from 'node:net'
import type { Timer } from '../../base/index.ts'
import { Fault, type Limits, makeRefusal, makeTextReply, sentences } from '../../protocol/index.ts'
import { closeGracefully } from './close-gracefully.ts'
import { makeRawProblem } from '../http/requests/problem.ts'
import { protocolOf, countSkippedBytes, sniff, type ProtocolVerdict } from './sniff.ts'
import type { TimerWheel } from '../flow/timer-wheel.ts'

const inUtf16 = `${makeTextReply([makeRefusal('not-understood', 'these bytes are UTF-16; send UTF-8')])}\n`

/** The first bytes of a connection and the protocol they chose. */
export interface DetectedProtocol {
  readonly protocol: 'http' | 'lines' | 'text' | 'tls'
  readonly bytes: Buffer
  /** The client has already closed its half. */
  readonly isEnded: boolean
}

export interface ProtocolDetectionOptions {
  readonly limits: Limits
  readonly wheel: TimerWheel
  /** Called with the protocol. The socket then has only its error listener, and `bytes` are what was read from it. */
  readonly choose: (chosen: DetectedProtocol) => void
  /** Called when there is no protocol; the socket is being closed. */
  readonly refuse: (reason: string) => void
  /** Called when the client closed the connection without sending anything. */
  readonly leave: () => void
}

export class ProtocolDetection {
  readonly #socket: Socket
  readonly #options: ProtocolDetectionOptions
  #bytes: Buffer = Buffer.alloc(0)
  #deadline: Timer

  constructor(socket: Socket, options: ProtocolDetectionOptions) {
    const { wheel, limits } = options
    this.#socket = socket
    this.#options = options
    this.#deadline = wheel.after(limits.firstLineMs, this.#onTimeout)
  }

  listen(): void {
    this.#socket.on('data', this.#onData)
    this.#socket.on('end', this.#onEnd)
    this.#socket.on('close', this.#onClose)
  }

  readonly #onData = (chunk: Buffer): void => {
    const { limits, wheel } = this.#options
    const isFirst = this.#bytes.length === 0
    const bytes = isFirst ? chunk : Buffer.concat([this.#bytes, chunk])
    this.#bytes = bytes.subarray(countSkippedBytes(bytes))
    if (this.#bytes.length === 0) return
    const verdict = sniff(this.#bytes, limits.firstLineBytesMax)
    if (verdict !== 'more') return this.#decide(verdict, false)
    if (!isFirst) return
    this.#deadline.cancel()
    this.#deadline = wheel.after(limits.handshakeMs, this.#onTimeout)
  }

  readonly #onEnd = (): void => {
    if (this.#bytes.length === 0) {
      this.#removeListeners()
      this.#socket.end()
      return this.#options.leave()
    }
    const verdict = protocolOf(this.#bytes)
    if (verdict !== 'http') return this.#decide(verdict, true)
    this.#removeListeners()
    this.#refuse(
      makeRawProblem(new Fault('not-understood', 'the request ended before its headers did')),
      'half a request',
    )
  }

  readonly #onTimeout = (): void => this.#decide('refused', false, 'too late')

  readonly #onClose = (): void => {
    this.#removeListeners()
    this.#options.leave()
  }

  #decide(verdict: ProtocolVerdict, isEnded: boolean, reason = 'no protocol'): void {
    this.#removeListeners()
    switch (verdict) {
      case 'http':
      case 'lines':
      case 'text':
      case 'tls':
        return this.#options.choose({ protocol: verdict, bytes: this.#bytes, isEnded })
      case 'too-large':
        return this.#refuse(this.#tooLarge(), 'too-large')
      case 'utf-16':
        return this.#refuse(inUtf16, 'UTF-16')
      case 'more':
      case 'refused':
        this.#options.refuse(reason)
        return void this.#socket.destroy()
    }
  }

  #refuse(message: string, reason: string): void {
    closeGracefully(this.#socket, message, this.#options)
    this.#options.refuse(reason)
  }

  /** The refusal in the protocol that the first line seems to start. */
  #tooLarge(): string {
    return /^[A-Z]+ \S*$/.test(this.#bytes.toString('latin1', 0, this.#options.limits.firstLineBytesMax))
      ? makeRawProblem(new Fault('too-large', 'the address is longer than the limit'), 414)
      : `${makeTextReply([makeRefusal('too-large', sentences['too-large'])])}\n`
  }

  #removeListeners(): void {
    this.#deadline.cancel()
    this.#socket.off('data', this.#onData)
    this.#socket.off('end', this.#onEnd)
    this.#socket.off('close', this.#onClose)
  }
}
