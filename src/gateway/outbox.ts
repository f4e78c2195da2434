/** What waits to be written: joined, one write a socket a tick; for a slow reader only the newest state of each key. */
import type { Meter } from '../service/index.ts'

/** The socket side. `drain` is to be called when everything written has left. */
export interface Sink {
  /** False when so much is unsent that the writer should wait. */
  write(text: string, encoding: BufferEncoding): boolean
  readonly writableLength: number
}

/** Flushes every outbox that has something to say, once at the end of a turn of the loop. */
export class Flusher {
  #dirty: Outbox[] = []

  mark(outbox: Outbox): void {
    if (this.#dirty.push(outbox) === 1) setImmediate(this.#flush)
  }

  readonly #flush = (): void => {
    const dirty = this.#dirty
    this.#dirty = []
    for (const outbox of dirty) outbox.flush()
  }
}

export interface OutboxOptions {
  readonly sink: Sink
  /** utf8, or latin1 when frames are bytes already. */
  readonly encoding: 'utf8' | 'latin1'
  /** A message as it goes over the wire. */
  readonly frame: (message: string) => string
  readonly flusher: Flusher
  readonly meter: Meter
  readonly unsentBytesMax: number
  /** The reader became slow, or has read everything again. */
  readonly slow: (isSlow: boolean) => void
}

export class Outbox {
  readonly #options: OutboxOptions
  #text = ''
  #isMarked = false
  #isEnded = false
  /** States held back while the reader is slow. */
  #held: Map<string, string> | null = null
  /** Something was written since {@link wasQuiet} was last asked. */
  #wrote = false

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  get isSlow(): boolean {
    return this.#held !== null
  }

  send(message: string): void {
    this.sendFrame(this.#options.frame(message))
  }

  /** Queues a finished frame. */
  sendFrame(frame: string): void {
    if (this.#isEnded) return
    this.#text += frame
    if (!this.#isMarked) {
      this.#isMarked = true
      this.#options.flusher.mark(this)
    } else if (this.#text.length > this.#options.unsentBytesMax) this.flush()
  }

  sendNewest(key: string, message: string): void {
    if (this.#held === null) return this.send(message)
    if (this.#held.has(key)) this.#options.meter.count('skipped_states_total')
    this.#held.set(key, message)
  }

  flush(): void {
    this.#isMarked = false
    const text = this.#text
    if (text === '' || this.#isEnded) return
    this.#text = ''
    this.#wrote = true
    const { sink, encoding, slow } = this.#options
    // A single long write may exceed the mark and leave at once all the same.
    if (sink.write(text, encoding) || sink.writableLength === 0 || this.#held !== null) return
    this.#held = new Map()
    slow(true)
  }

  /** The sink has room again: what was held back goes out. */
  drain(): void {
    if (this.#held === null) return
    const states = this.#held
    this.#held = null
    for (const state of states.values()) this.send(state)
    this.flush()
    if (!this.isSlow) this.#options.slow(false)
  }

  /** Whether nothing was written since this was last asked. */
  wasQuiet(): boolean {
    const wrote = this.#wrote
    this.#wrote = false
    return !wrote
  }

  /** Nothing goes out from now on. */
  end(): void {
    this.#isEnded = true
    this.#text = ''
    this.#held = null
  }
}
