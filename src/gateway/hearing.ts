/**
 * What one connection says, a few messages at a time: whoever says much waits for everybody else's turn, and whoever does
 * not read is not listened to.
 */
import type { Clock } from '../base/index.ts'

/** Messages of one connection that are heard before others have had a turn. */
const messagesPerTurn = 32
/** Connections with more to say that have the floor in one turn of the loop: with all they say, about a millisecond's work. */
const speakersPerTurn = 8

/** Gives the floor to those who wait for it, in the order in which they came, a few each turn of the loop. */
export class Floor {
  #waiting: (() => void)[] = []
  #turn = 0
  #isCounting = false
  #beganAt = 0
  readonly #clock: Pick<Clock, 'now'>
  /** Who entered at once. */
  #entered = { turn: 0, count: 0 }

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** The number of this turn of the loop; it rises while somebody asks. */
  get turn(): number {
    if (!this.#isCounting) {
      this.#isCounting = true
      this.#beganAt = this.#clock.now()
      setImmediate(this.#count)
    }
    return this.#turn
  }

  /** When somebody asked for {@link turn} first in this turn, on the monotonic clock: what is heard in it had come by then. */
  get beganAt(): number {
    return this.#beganAt
  }

  /** Calls back at once where few have done so in this turn and nobody waits; else in a later turn. */
  enter(speak: () => void): void {
    const { turn } = this
    if (this.#entered.turn !== turn) this.#entered = { turn, count: 0 }
    if (this.#waiting.length > 0 || this.#entered.count >= speakersPerTurn) return this.wait(speak)
    this.#entered.count++
    speak()
  }

  /** Calls back in a later turn. */
  wait(speak: () => void): void {
    if (this.#waiting.push(speak) === 1) setImmediate(this.#give)
  }

  readonly #count = (): void => {
    this.#isCounting = false
    this.#turn++
  }

  readonly #give = (): void => {
    const speakers = this.#waiting.slice(0, speakersPerTurn)
    this.#waiting = this.#waiting.slice(speakersPerTurn)
    if (this.#waiting.length > 0) setImmediate(this.#give)
    for (const speak of speakers) speak()
  }
}

/** Whom the hearing is for. */
export interface Hearer {
  hear(message: string): void
  /** Nothing more should arrive for now; what has arrived may still come. */
  pause(): void
  resume(): void
}

export class Hearing {
  readonly #floor: Floor
  readonly #hearer: Hearer
  /** What has arrived, of which all from {@link #next} on waits: at most what the socket had read before it was paused. */
  #arrived: string[] = []
  #next = 0
  /** How much may still be heard in turn {@link #turn}. */
  #left = 0
  #turn = -1
  #isSlow = false
  #isScheduled = false
  #isOver = false
  #afterwards: (() => void) | null = null

  constructor(floor: Floor, hearer: Hearer) {
    this.#floor = floor
    this.#hearer = hearer
  }

  take(message: string): void {
    if (this.#isOver) return
    const { turn } = this.#floor
    if (this.#turn !== turn) {
      this.#turn = turn
      this.#left = messagesPerTurn
    }
    if (!this.#isWaiting && !this.#isSlow && this.#left > 0) {
      this.#left--
      return this.#hearer.hear(message)
    }
    if (this.#arrived.push(message) > 1) return
    this.#hearer.pause()
    this.#schedule()
  }

  /** What comes next waits for the floor. */
  yield(): void {
    this.#left = 0
  }

  /** While the reader is slow nothing is heard. */
  slow(isSlow: boolean): void {
    this.#isSlow = isSlow
    if (isSlow) this.#hearer.pause()
    else if (this.#isWaiting || this.#afterwards !== null) this.#schedule()
    else this.#hearer.resume()
  }

  /** Calls back when everything taken so far has been heard: at once if it has. */
  behind(call: () => void): void {
    if (!this.#isWaiting) call()
    else this.#afterwards = call
  }

  /** Nothing is heard from now on. */
  end(): void {
    this.#isOver = true
    this.#forget()
    this.#afterwards = null
  }

  get #isWaiting(): boolean {
    return this.#arrived.length > 0
  }

  #forget(): void {
    this.#arrived = []
    this.#next = 0
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#floor.wait(() => this.#goOn())
  }

  #goOn(): void {
    this.#isScheduled = false
    if (this.#isSlow || this.#isOver) return
    this.#turn = this.#floor.turn
    this.#left = messagesPerTurn
    for (; this.#next < this.#arrived.length && this.#left > 0 && !this.#isSlow && !this.#isOver; this.#left--)
      this.#hearer.hear(this.#arrived[this.#next++] ?? '')
    if (this.#isOver) return
    if (this.#next === this.#arrived.length) this.#forget()
    if (this.#isSlow) return
    if (this.#isWaiting) return this.#schedule()
    this.#afterwards?.()
    this.#afterwards = null
    if (!this.#isOver) this.#hearer.resume()
  }
}
