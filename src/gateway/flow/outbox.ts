/** What waits to be written: joined, one write a socket a tick; for a slow reader only the newest state of each key. */
import { limits } from '../../protocol/index.ts'
import { SlowReaderTimer, type SlowReader } from './slow-reader-timer.ts'
import type { Shared } from '../shared.ts'

/** The socket side. `drain` is to be called when everything written has left. */
export interface Sink {
  /** False when so much is unsent that the writer should wait. */
  write(text: string, encoding: BufferEncoding): boolean
  readonly writableLength: number
}

/**
 * Outboxes with nothing but states that are flushed in one turn, about a millisecond's work: a thousand watchers of a game
 * hold nobody else up. A commit releases as many; with 32 a turn a move cost a fifth more.
 */
const statesPerTurn = 256

/**
 * Flushes every outbox that has something to say at the end of a turn of the loop: at once where somebody waits for an
 * answer; where there are states only, some of them each turn.
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

/** Whose messages wait. */
export interface OutboxTarget extends SlowReader {
  /** A message as it goes over the wire. */
  frame(message: string): string
  /** The reader became slow, or has read everything again. */
  slow(isSlow: boolean): void
  /** More than `unsentBytesMax` was said in one turn of the loop: let others have theirs. */
  yield(): void
}

type OutboxShared = Pick<Shared, 'flusher' | 'limits' | 'log' | 'meter' | 'wheel'>

/** A reader that stays slow for `slowReaderMs`, or has more states to read than are held, is cut off. */
export class Outbox {
  readonly #sender: OutboxTarget
  readonly #sink: Sink
  readonly #encoding: 'utf8' | 'latin1'
  readonly #shared: OutboxShared
  readonly #slowReaderTimer: SlowReaderTimer
  #text = ''
  /** Where the flusher has it. */
  #mark: 'none' | 'states' | 'answers' = 'none'
  #isEnded = false
  /** States held back while the reader is slow. */
  #held: Map<string, string> | null = null
  /** Who waits until what was sent has left; null while nobody does. */
  #waiting: (() => void)[] | null = null

  /** `encoding`: utf8, or latin1 when frames are bytes already. */
  constructor(sender: OutboxTarget, sink: Sink, encoding: 'utf8' | 'latin1', shared: OutboxShared) {
    this.#sender = sender
    this.#sink = sink
    this.#encoding = encoding
    this.#shared = shared
    this.#slowReaderTimer = new SlowReaderTimer(shared, sender)
  }

  get isSlow(): boolean {
    return this.#held !== null
  }

  send(message: string): void {
    this.sendFrame(this.#sender.frame(message))
  }

  /** Queues a finished frame. */
  sendFrame(frame: string): void {
    this.#queue(frame, 'answers')
  }

  sendNewest(key: string, message: string): void {
    if (this.#held === null) return this.#queue(this.#sender.frame(message), 'states')
    if (this.#held.has(key)) this.#shared.meter.count('skipped_states_total')
    this.#held.set(key, message)
    if (this.#held.size <= limits.heldStatesMax) return
    this.end()
    this.#slowReaderTimer.lose()
  }

  /** Calls back when what was sent so far has left but for `unsentBytesMax`, or nothing goes out any more. */
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
      this.#sender.yield()
    }
  }

  flush(): void {
    this.#mark = 'none'
    const text = this.#text
    if (text === '' || this.#isEnded) return
    this.#text = ''
    const sink = this.#sink
    // A single long write may exceed the mark and leave at once all the same.
    const hasLeft = sink.write(text, this.#encoding) || sink.writableLength === 0
    if (this.#held !== null) return
    if (hasLeft) return this.#tell()
    this.#held = new Map()
    this.#slowReaderTimer.begin()
    this.#sender.slow(true)
  }

  #tell(): void {
    const waiting = this.#waiting
    if (waiting === null) return
    this.#waiting = null
    for (const call of waiting) call()
  }

  /** The sink has room again: what was held back goes out. */
  drain(): void {
    if (this.#held === null) return
    const states = this.#held
    this.#held = null
    for (const state of states.values()) this.send(state)
    this.flush()
    if (this.isSlow) return
    this.#slowReaderTimer.end()
    this.#tell()
    this.#sender.slow(false)
  }

  /** Everything that waits goes out, what was held back too, and nothing from then on. */
  finish(): void {
    for (const state of this.#held?.values() ?? []) this.#text += this.#sender.frame(state)
    this.flush()
    this.end()
  }

  /** Nothing goes out from now on. */
  end(): void {
    this.#isEnded = true
    this.#slowReaderTimer.end()
    this.#text = ''
    this.#held = null
    this.#tell()
  }
}
