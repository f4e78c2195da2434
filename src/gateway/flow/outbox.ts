/** The outgoing messages of a connection. Messages of one turn are joined into one write; a slow reader gets only the newest state of each key. */
import { limits } from '../../protocol/index.ts'
import { SlowReaderTimer, type SlowReader, type SlowReaderShared } from './slow-reader-timer.ts'

/** The writable side of a socket. The owner calls {@link Outbox.drain} when everything written was sent. */
export interface SocketSink {
  /** False if so much is unsent that the writer should wait. */
  write(text: string, encoding: BufferEncoding): boolean
  readonly writableLength: number
}

/**
 * Outboxes with states only that are flushed in one turn of the event loop: about a millisecond of work, so that a thousand
 * watchers of a game delay nobody else. One commit can fill that many outboxes; with 32 per turn a move cost a fifth more.
 */
const statesPerTurn = 256

/**
 * Flushes the outboxes at the end of a turn of the event loop: all that contain an answer, and a bounded number of those
 * with states only.
 */
export class Flusher {
  #answers: Outbox[] = []
  #states: Outbox[] = []
  #isScheduled = false

  mark(outbox: Outbox, isAnswer: boolean): void {
    ;(isAnswer ? this.#answers : this.#states).push(outbox)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#flush)
  }

  readonly #flush = (): void => {
    this.#isScheduled = false
    const answers = this.#answers
    this.#answers = []
    for (const outbox of answers) outbox.flush()
    const states = this.#states
    this.#states = states.length > statesPerTurn ? states.slice(statesPerTurn) : []
    for (const outbox of states.slice(0, statesPerTurn)) outbox.flush()
    if (this.#states.length > 0) this.#schedule()
  }
}

/** The connection of an outbox. */
export interface OutboxTarget extends SlowReader {
  /** Encodes a message for the socket. */
  frame(message: string): string
  /** Called when the reader becomes slow, and when it has read everything again. */
  slow(isSlow: boolean): void
  /** Called when one turn of the event loop produced more than `unsentBytesMax`: handle the next message in a later turn. */
  yield(): void
}

interface OutboxShared extends SlowReaderShared {
  readonly flusher: Flusher
}

/** Disconnects a reader that stays slow for `slowReaderMs`, or for which more than `heldStatesMax` states are held. */
export class Outbox {
  readonly #target: OutboxTarget
  readonly #sink: SocketSink
  readonly #encoding: 'utf8' | 'latin1'
  readonly #shared: OutboxShared
  readonly #slowReaderTimer: SlowReaderTimer
  #text = ''
  /** The flusher's queue that contains this outbox. */
  #mark: 'none' | 'states' | 'answers' = 'none'
  #isEnded = false
  /** States held back while the reader is slow. */
  #held: Map<string, string> | null = null
  /** Callbacks to call when the queued messages were sent; null if there are none. */
  #waiting: (() => void)[] | null = null

  /** @param encoding utf8, or latin1 if frames have one character per byte. */
  constructor(target: OutboxTarget, sink: SocketSink, encoding: 'utf8' | 'latin1', shared: OutboxShared) {
    this.#target = target
    this.#sink = sink
    this.#encoding = encoding
    this.#shared = shared
    this.#slowReaderTimer = new SlowReaderTimer(shared, target)
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
    this.end()
    this.#slowReaderTimer.lose()
  }

  /** Calls back when at most `unsentBytesMax` of the messages queued so far is unsent, or when the outbox has ended. */
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
      this.#target.yield()
    }
  }

  flush(): void {
    this.#mark = 'none'
    const text = this.#text
    if (text === '' || this.#isEnded) return
    this.#text = ''
    const sink = this.#sink
    // A single long write may exceed the high-water mark although the system takes it at once.
    const hasLeft = sink.write(text, this.#encoding) || sink.writableLength === 0
    if (this.#held !== null) return
    if (hasLeft) return this.#notifyWaiting()
    this.#held = new Map()
    this.#slowReaderTimer.begin()
    this.#target.slow(true)
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
    this.#slowReaderTimer.end()
    this.#notifyWaiting()
    this.#target.slow(false)
  }

  /** Writes everything that is queued or held back, then ends the outbox. */
  finish(): void {
    for (const state of this.#held?.values() ?? []) this.#text += this.#target.frame(state)
    this.flush()
    this.end()
  }

  /** Drops everything that is queued; sends nothing from now on. */
  end(): void {
    this.#isEnded = true
    this.#slowReaderTimer.end()
    this.#text = ''
    this.#held = null
    this.#notifyWaiting()
  }
}
