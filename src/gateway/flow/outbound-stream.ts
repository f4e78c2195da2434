/** The outgoing messages of a connection. Messages of one turn are joined into one write; a slow reader gets only the newest state of each key. */
import type { Timer } from '../../base/index.ts'
import { errorRow, limits } from '../../protocol/index.ts'
import type { Protocol } from '../../service/index.ts'
import type { GatewayContext, OpenConnection } from '../shared.ts'
import { Heartbeat, type HeartbeatTarget } from './heartbeat.ts'
import type { InboundQueue } from './inbound-queue.ts'

/** The writable side of a socket. The owner calls {@link OutboundStream.drain} when everything written was sent. */
export interface SocketSink {
  /** False if so much is unsent that the writer should wait. */
  write(text: string, encoding: BufferEncoding): boolean
  readonly writableLength: number
}

/** The connection that a stream belongs to. */
export interface OutboundTarget extends OpenConnection, HeartbeatTarget {
  /** Encodes a message for the socket. */
  frame(message: string): string
  /** Closes the connection of a slow reader; sends `code` if the protocol has close codes. */
  cutOff(code: number): void
}

export interface OutboundOptions {
  readonly sink: SocketSink
  /** utf8, or latin1 if frames have one character per byte. */
  readonly encoding: 'utf8' | 'latin1'
  /** The requests, which are not handled while the reader is slow. Absent if there are none. */
  readonly inbound?: Pick<InboundQueue, 'setReaderSlow' | 'endTurn'>
  readonly hasHeartbeat: boolean
}

type OutboundShared = Pick<
  GatewayContext,
  'clock' | 'enter' | 'flusher' | 'leave' | 'limits' | 'log' | 'meter' | 'wheel'
>

/** Counts and logs a slow reader that is disconnected. Returns the code of the error. */
export function reportSlowReader({ meter, log }: Pick<GatewayContext, 'meter' | 'log'>, protocol: Protocol): number {
  const { code } = errorRow('too-slow')
  meter.count('slow_readers_total')
  log.info({ protocol, code }, 'slow reader disconnected')
  return code
}

/**
 * Everything that is sent to one client, heartbeats included. A reader is slow from a write that the socket could not take
 * until it has drained; meanwhile only the newest state of each key is held. Disconnects a reader that stays slow for `slowReaderMs`, or for
 * which more than `heldStatesMax` states are held.
 */
export class OutboundStream {
  readonly #target: OutboundTarget
  readonly #options: OutboundOptions
  readonly #shared: OutboundShared
  /** Runs while the reader is slow. */
  #slowTimer: Timer | null = null
  #heartbeat: Heartbeat | null = null
  #text = ''
  /** The flusher's queue that contains this stream. */
  #mark: 'none' | 'states' | 'answers' = 'none'
  #isEnded = false
  /** States held back while the reader is slow. */
  #held: Map<string, string> | null = null
  /** Callbacks to call when the queued messages were sent; null if there are none. */
  #waiting: (() => void)[] | null = null

  constructor(target: OutboundTarget, options: OutboundOptions, shared: OutboundShared) {
    this.#target = target
    this.#options = options
    this.#shared = shared
  }

  /** The connection is open from now on, and has a heartbeat. */
  open(): void {
    this.#shared.enter(this.#target)
    if (this.#options.hasHeartbeat) this.#heartbeat = new Heartbeat(this.#shared, this.#target)
  }

  /** The client has sent something. */
  received(): void {
    this.#heartbeat?.received()
  }

  get isSlow(): boolean {
    return this.#held !== null
  }

  send(message: string): void {
    this.sendFrame(this.#target.frame(message))
  }

  /** Queues an encoded frame. */
  sendFrame(frame: string): void {
    this.#queue(frame, 'answers')
  }

  sendNewest(key: string, message: string): void {
    if (this.#held === null) return this.#queue(this.#target.frame(message), 'states')
    if (this.#held.has(key)) this.#shared.meter.count('skipped_states_total')
    this.#held.set(key, message)
    if (this.#held.size <= limits.heldStatesMax) return
    this.#disconnectSlowReader()
  }

  /** Calls back when at most `unsentBytesMax` of the messages queued so far is unsent, or when the stream has ended. */
  whenSent(call: () => void): void {
    if (this.#isEnded || (this.#text === '' && this.#held === null)) return call()
    this.#waiting ??= []
    this.#waiting.push(call)
  }

  #queue(frame: string, mark: 'states' | 'answers'): void {
    if (this.#isEnded) return
    this.#text += frame
    if (this.#mark === 'none' || (this.#mark === 'states' && mark === 'answers')) {
      this.#mark = mark
      this.#shared.flusher.mark(this, mark === 'answers')
    } else if (this.#text.length > this.#shared.limits.unsentBytesMax) {
      this.flush()
      this.#options.inbound?.endTurn()
    }
  }

  flush(): void {
    this.#mark = 'none'
    const text = this.#text
    if (text === '' || this.#isEnded) return
    this.#text = ''
    const { sink, encoding, inbound } = this.#options
    // A single long write may exceed the high-water mark although the system takes it at once.
    const hasRoom = sink.write(text, encoding) || sink.writableLength === 0
    if (this.#held !== null) return
    if (hasRoom) return this.#notifyWaiting()
    this.#held = new Map()
    this.#slowTimer?.cancel()
    this.#slowTimer = this.#shared.wheel.after(this.#shared.limits.slowReaderMs, () => this.#disconnectSlowReader())
    inbound?.setReaderSlow(true)
  }

  #notifyWaiting(): void {
    const waiting = this.#waiting
    if (waiting === null) return
    this.#waiting = null
    for (const call of waiting) call()
  }

  /** The sink has room again: sends the states that were held back. */
  drain(): void {
    if (this.#held === null) return
    const states = this.#held
    this.#held = null
    for (const state of states.values()) this.send(state)
    this.flush()
    if (this.isSlow) return
    this.#slowTimer?.cancel()
    this.#notifyWaiting()
    this.#options.inbound?.setReaderSlow(false)
  }

  /** Writes everything that is queued or held back, then ends the stream. */
  finish(): void {
    for (const state of this.#held?.values() ?? []) this.#text += this.#target.frame(state)
    this.flush()
    this.end()
  }

  /** The connection is closed. */
  leave(): void {
    this.end()
    this.#shared.leave(this.#target)
  }

  #disconnectSlowReader(): void {
    this.end()
    this.#target.cutOff(reportSlowReader(this.#shared, this.#target.protocol))
  }

  /** Drops everything that is queued; sends nothing from now on. */
  end(): void {
    this.#isEnded = true
    this.#slowTimer?.cancel()
    this.#heartbeat?.end()
    this.#text = ''
    this.#held = null
    this.#notifyWaiting()
  }
}
