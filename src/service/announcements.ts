/**
 * One timer for the presence of all games. Games that changed within one interval are announced together, so that
 * a connection with several of them gets one write.
 */
import type { Clock, Timer } from '../base/index.ts'

/** Presence of a game is told at most this often, in ms: a crowd that arrives makes one message, not one each. */
const intervalMs = 250
/** Games announced in one turn of the loop: about a millisecond's work. */
const gamesPerTurn = 64

/** What is to be told soon. */
export interface Announced {
  announce(): void
}

export class Announcements {
  readonly #clock: Clock
  /** Those of the interval that runs. */
  #gathering = new Set<Announced>()
  /** Those of the interval that has ended, still to be called. */
  #due = new Set<Announced>()
  #interval: Timer | null = null
  #turn: Timer | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Announces it once when the interval ends, however often it was added meanwhile. */
  add(announced: Announced): void {
    if (this.#due.has(announced)) return
    this.#gathering.add(announced)
    this.#interval ??= this.#clock.after(intervalMs, this.#end)
  }

  /** It will not be announced. */
  remove(announced: Announced): void {
    this.#gathering.delete(announced)
    this.#due.delete(announced)
    if (this.#gathering.size > 0) return
    this.#interval?.cancel()
    this.#interval = null
  }

  readonly #end = (): void => {
    this.#interval = null
    for (const late of this.#due) this.#gathering.add(late)
    this.#due = this.#gathering
    this.#gathering = new Set()
    this.#turn?.cancel()
    this.#announce()
  }

  readonly #announce = (): void => {
    this.#turn = null
    let left = gamesPerTurn
    for (const announced of this.#due) {
      if (left-- === 0) break
      this.#due.delete(announced)
      announced.announce()
    }
    if (this.#due.size > 0) this.#turn = this.#clock.after(0, this.#announce)
  }
}
