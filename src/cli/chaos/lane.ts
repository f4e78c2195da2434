/** One way of one connection through the fault proxy: takes pieces, and lets them out as the plan says. */
import type { Clock, Random, Timer } from '../../base/index.ts'
import type { Piece } from './message-splitter.ts'
import type { ChaosPlan } from './plan.ts'

/** What happened to a message. */
export type Mishap = 'duplicated' | 'reordered' | 'cut'

/** Where a lane ends. */
export interface Exit {
  /** Passes bytes on. */
  send(bytes: Buffer): void
  /** Passes the last bytes on and ends the connection, both ways. */
  cut(last: Buffer, how: 'end' | 'reset'): void
  /** Everything has been passed on, and this way is over. */
  finish(): void
  note(mishap: Mishap): void
}

export interface LaneParts {
  readonly plan: ChaosPlan
  readonly random: Random
  readonly clock: Clock
  readonly exit: Exit
  /** After this many bytes the connection ends; null: not for that reason. */
  readonly cutAfter: number | null
}

/** How long a message that is to go second waits for the one behind it, in ms, before it goes all the same. */
const overtakeMsMax = 100

interface Waiting {
  /** On the clock: when it may go. */
  readonly due: number
  readonly bytes: Buffer
  /** How many of its bytes go before the connection ends. */
  readonly cutAfter: number | null
}

export class Lane {
  readonly #parts: LaneParts
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  #passed = 0
  /** It is to go second. */
  #held: { readonly piece: Piece; readonly timer: Timer } | null = null
  #timer: Timer | null = null
  /** When the wire is free again. */
  #freeAt = -Infinity
  #isEnding = false
  #isOver = false

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** Draws the same number of times for each piece, so that one fault does not change what befalls the pieces behind. */
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

  /** Nothing more comes. */
  end(): void {
    this.#isEnding = true
    this.#release()
    this.#pump()
  }

  /** Forgets what has not gone. */
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
    // Whoever was slower is waited for: what arrives late makes late what is behind it.
    this.#waiting.push({ due: Math.max(due, this.#waiting.at(-1)?.due ?? 0), bytes, cutAfter })
    this.#waitingBytes += bytes.length
    this.#pump()
  }

  /** Lets out what is due, and comes back for the rest. */
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
      // A cut at a given byte lets all before it arrive; a reset may take back what was on its way.
      const how = bytes.length >= left || random.below(2) === 0 ? 'end' : 'reset'
      return exit.cut(bytes.subarray(0, Math.min(left, cutAfter ?? Infinity)), how)
    }
    this.#passed += bytes.length
    if (plan.bytesPerSecond !== null) this.#freeAt = clock.now() + (bytes.length / plan.bytesPerSecond) * 1_000
    exit.send(bytes)
  }
}
