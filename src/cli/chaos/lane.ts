/** One direction of one connection through the fault proxy: takes pieces and forwards them according to the plan. */
import type { Clock, Random, Timer } from '../../base/index.ts'
import type { Piece } from './message-splitter.ts'
import type { ChaosPlan } from './plan.ts'

/** What the proxy did to a message. */
export type ChaosFault = 'duplicated' | 'reordered' | 'cut'

/** The output of a lane. */
export interface Exit {
  /** Forwards bytes. */
  send(bytes: Buffer): void
  /** Forwards the last bytes and ends both directions of the connection. */
  cut(last: Buffer, how: 'end' | 'reset'): void
  /** Called when everything was forwarded and this direction has ended. */
  finish(): void
  note(fault: ChaosFault): void
}

export interface LaneParts {
  readonly plan: ChaosPlan
  readonly random: Random
  readonly clock: Clock
  readonly exit: Exit
  /** Ends the connection after this many bytes; null: no such limit. */
  readonly cutAfter: number | null
}

/** How long a reordered message waits for its successor before it is forwarded anyway, in ms. */
const overtakeMsMax = 100

interface Waiting {
  /** When it may be forwarded, in ms on the clock. */
  readonly due: number
  readonly bytes: Buffer
  /** How many of its bytes are forwarded before the connection ends; null: all, and the connection continues. */
  readonly cutAfter: number | null
}

export class Lane {
  readonly #parts: LaneParts
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  #passed = 0
  /** A reordered message that waits for its successor. */
  #held: { readonly piece: Piece; readonly timer: Timer } | null = null
  #timer: Timer | null = null
  /** When the throttled link is free again, in ms on the clock. */
  #freeAt = -Infinity
  #isEnding = false
  #isOver = false

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /**
   * Draws the same number of random values for each piece, so that one fault does not change the faults of later
   * pieces.
   */
  push(piece: Piece): void {
    if (this.#isOver) return
    const { plan, clock, exit } = this.#parts
    const isCut = this.#isDrawn(plan.cut)
    const isDuplicate = this.#isDrawn(plan.duplicate) && piece.isMessage
    const isHeld = this.#isDrawn(plan.reorder) && piece.isMessage && this.#held === null
    if (isHeld) {
      this.#held = { piece, timer: clock.after(overtakeMsMax, () => this.#release()) }
    } else {
      this.#enqueue(piece, isCut)
      if (isDuplicate) {
        exit.note('duplicated')
        this.#enqueue(piece, false)
      }
      if (this.#held !== null) {
        exit.note('reordered')
        this.#release()
      }
    }
  }

  /** The sender has ended: forward the rest, then finish. */
  end(): void {
    this.#isEnding = true
    this.#release()
    this.#pump()
  }

  /** Drops all pieces that were not forwarded yet. */
  stop(): void {
    this.#isOver = true
    this.#held?.timer.cancel()
    this.#timer?.cancel()
    this.#waiting.length = 0
    this.#waitingBytes = 0
  }

  #isDrawn(share: number): boolean {
    return this.#parts.random.below(1_000_000) < share * 1_000_000
  }

  #release(): void {
    const held = this.#held
    this.#held = null
    held?.timer.cancel()
    if (held !== null) this.#enqueue(held.piece, false)
  }

  #enqueue({ bytes }: Piece, isCut: boolean): void {
    const { plan, random, clock } = this.#parts
    const { least, most } = plan.delayMs
    const due = clock.now() + least + random.below(most - least + 1)
    const cutAfter = isCut ? random.below(bytes.length + 1) : null
    // Order is kept: a delayed piece delays all pieces after it.
    this.#waiting.push({ due: Math.max(due, this.#waiting.at(-1)?.due ?? 0), bytes, cutAfter })
    this.#waitingBytes += bytes.length
    this.#pump()
  }

  /** Forwards the pieces that are due, and sets a timer for the next one. */
  #pump(): void {
    const { clock, exit } = this.#parts
    this.#timer?.cancel()
    this.#timer = null
    while (!this.#isOver) {
      const [next] = this.#waiting
      if (next === undefined) break
      const wait = Math.max(next.due, this.#freeAt) - clock.now()
      if (wait > 0) {
        this.#timer = clock.after(wait, () => this.#pump())
        return
      }
      this.#waiting.shift()
      this.#waitingBytes -= next.bytes.length
      this.#pass(next)
    }
    if (!this.#isEnding || this.#isOver || this.#held !== null) return
    this.#isOver = true
    exit.finish()
  }

  #pass({ bytes, cutAfter }: Waiting): void {
    const { plan, random, clock, exit } = this.#parts
    const left = this.#parts.cutAfter === null ? Infinity : this.#parts.cutAfter - this.#passed
    if (bytes.length >= left || cutAfter !== null) {
      this.stop()
      exit.note('cut')
      // A cut at a given byte delivers all earlier bytes; a reset may discard bytes in flight.
      const how = bytes.length >= left || random.below(2) === 0 ? 'end' : 'reset'
      return exit.cut(bytes.subarray(0, Math.min(left, cutAfter ?? Infinity)), how)
    }
    this.#passed += bytes.length
    if (plan.bytesPerSecond !== null) this.#freeAt = clock.now() + (bytes.length / plan.bytesPerSecond) * 1_000
    exit.send(bytes)
  }
}
