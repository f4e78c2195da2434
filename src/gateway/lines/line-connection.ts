/** Connections of the text and JSON-lines protocols. Each line is one message, in both directions. */
import type { Socket } from 'node:net'
import { errorRow, type ErrorName, makeError, makeRefusal, makeTextReply } from '../../protocol/index.ts'
import type { AnyNotification, Connection, Session } from '../../service/index.ts'
import { closeGracefully } from './close-gracefully.ts'
import { InboundQueue, type InboundSource } from '../flow/inbound-queue.ts'
import { type BrokenLine, LineSplitter } from './line-splitter.ts'
import { OutboundStream, type OutboundTarget } from '../flow/outbound-stream.ts'
import { Portions } from '../flow/portions.ts'
import type { GatewayContext } from '../shared.ts'
import { TextDialogue } from './text-dialogue.ts'

/**
 * open: both sides send. finishing: no more requests are read, but answers are pending. closing: our last byte is queued,
 * and what still arrives is discarded, so that no reset destroys what the client has yet to read.
 */
type Phase = 'open' | 'finishing' | 'closing' | 'closed'

/** Bytes read in one turn of the event loop: about as much as the messages handled in one turn, unless they are very long. */
const bytesPerTurn = 4_096

/** A closing text connection is destroyed after this long without incoming data, in ms. */
const quietMs = 500

const broken = {
  'too-large': { text: 'too-large', lines: 'too-large', message: 'the line is longer than the limit' },
  'not-utf8': { text: 'not-understood', lines: 'parse-error', message: 'the line is not UTF-8' },
  unfinished: {
    text: 'not-understood',
    lines: 'parse-error',
    message: 'the last line lacks a newline and was ignored',
  },
} as const satisfies Record<BrokenLine | 'unfinished', { text: ErrorName; lines: ErrorName; message: string }>

export class LineConnection implements Connection, InboundSource, OutboundTarget {
  readonly protocol: 'text' | 'lines'
  readonly address: string
  readonly session: Pick<Session, 'hear' | 'finish' | 'end'>
  readonly #shared: GatewayContext
  readonly #socket: Socket
  readonly #outbound: OutboundStream
  readonly #lines: LineSplitter
  readonly #inbound: InboundQueue
  #phase: Phase = 'open'
  #isPaused = false
  /** Incoming bytes are ignored: the input is complete, or broken. */
  #ignoresInput = false
  /** The client sends empty lines, so silence means that it is gone. */
  #sendsHeartbeats = false

  /** Takes over the socket, which must have only its error listener. */
  constructor(socket: Socket, protocol: 'text' | 'lines', address: string, shared: GatewayContext) {
    this.protocol = protocol
    this.address = address
    this.#shared = shared
    this.#socket = socket
    this.#lines = new LineSplitter(shared.limits.messageBytesMax)
    this.#inbound = new InboundQueue(shared.scheduler, this)
    const outbound = {
      sink: socket,
      encoding: 'utf8',
      inbound: this.#inbound,
      hasHeartbeat: protocol === 'lines',
    } as const
    this.#outbound = new OutboundStream(this, outbound, shared)
    this.#outbound.open()
    this.session = protocol === 'text' ? new TextDialogue(this, shared) : shared.host.connect(this)
    socket.on('data', (chunk: Buffer) => this.push(chunk))
    new Portions(socket, { bytes: bytesPerTurn, scheduler: shared.scheduler, isPaused: () => this.#isPaused })
    socket.on('end', () => this.finish())
    socket.on('drain', () => this.#outbound.drain())
    socket.on('close', () => this.#end())
  }

  push(chunk: Buffer): void {
    if (this.#phase !== 'open' || this.#ignoresInput) return
    this.#outbound.received()
    const why = this.#lines.push(chunk, this.#take)
    if (why === undefined) return
    this.#ignoresInput = true
    this.#inbound.after(() => void this.#refuse(why))
  }

  /** Called when the client has closed its half. */
  finish(): void {
    if (this.#phase !== 'open' || this.#ignoresInput) return
    this.#ignoresInput = true
    this.#inbound.after(() => void (this.#lines.isInside ? this.#refuse('unfinished') : this.#finish()))
  }

  send(message: string): void {
    this.#outbound.send(message)
  }

  notify({ key, message }: AnyNotification): void {
    this.sendNewest(key, message)
  }

  sendNewest(key: string, message: string): void {
    this.#outbound.sendNewest(key, message)
  }

  whenSent(call: () => void): void {
    this.#outbound.whenSent(call)
  }

  close(code: number, reason: string): void {
    if (this.#phase === 'closing' || this.#phase === 'closed') return
    this.#shared.log.debug({ protocol: this.protocol, code, reason }, 'connection closes')
    this.#outbound.finish()
    this.#phase = 'closing'
    this.#inbound.end()
    this.#isPaused = false
    closeGracefully(this.#socket, '', this.#shared, this.protocol === 'text' ? quietMs : Infinity)
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#socket.resume()
  }

  frame(message: string): string {
    return `${message}\n`
  }

  cutOff(): void {
    this.#socket.destroy()
  }

  beat(): void {
    this.#outbound.sendFrame('\n')
  }

  expectsTraffic(): boolean {
    return this.#sendsHeartbeats && !this.#isPaused
  }

  peerIsGone(): void {
    this.close(errorRow('too-late').code, 'too-late')
  }

  readonly #take = (line: string): void => {
    if (line === '') this.#sendsHeartbeats = true
    if (line.trim() !== '') this.#inbound.take(line)
  }

  async #finish(): Promise<void> {
    if (this.#phase !== 'open') return
    this.#phase = 'finishing'
    await this.session.finish()
    this.close(1000, 'finished')
  }

  /** Refuses the rest of the input. Earlier requests are answered first. */
  async #refuse(why: keyof typeof broken): Promise<void> {
    if (this.#phase !== 'open') return
    const limit = why === 'too-large' ? ` of ${this.#shared.limits.messageBytesMax} bytes` : ''
    const message = broken[why].message + limit
    const name = broken[why][this.protocol]
    this.#shared.meter.count('faults_total')
    this.#phase = 'finishing'
    await this.session.finish()
    this.send(this.protocol === 'lines' ? makeError(null, name, message) : makeTextReply([makeRefusal(name, message)]))
    this.close(errorRow(name).code, name)
  }

  #end(): void {
    this.#phase = 'closed'
    this.#inbound.end()
    this.#outbound.leave()
    this.session.end()
  }
}
