/**
 * One timer for the presence of all games. Games that changed within one interval are announced together: first each
 * says what is to be told, then each listener is told everything in one turn, which is one write for a connection.
 */
import type { Clock, Timer } from '../../base/index.ts'

/** Presence of a game is told at most this often, in ms: a crowd that arrives makes one message, not one each. */
const intervalMs = 250
/** Games announced, or listeners told, in one turn of the loop: about a millisecond's work. */
const perTurn = 64

/** Tells it to one who may have gone meanwhile. */
export type Deliver<Told> = (told: Told) => void

/** What is to be told soon. */
export interface PresenceSource<Told> {
  /** Calls `tell` for each who is to be told; `say` is called with them later, in the order of the calls. */
  announce(tell: (told: Told, say: Deliver<Told>) => void): void
}

export class PresenceTimer<Told> {
  readonly #clock: Clock
  /** Those of the interval that runs. */
  #gathering = new Set<PresenceSource<Told>>()
  /** Those of the interval that has ended, still to be called. */
  #due = new Set<PresenceSource<Told>>()
  /** What is still to be said, by who is to be told. */
  readonly #unsaid = new Map<Told, Deliver<Told>[]>()
  #interval: Timer | null = null
  #turn: Timer | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Announces it once when the interval ends, however often it was added meanwhile. */
  add(announced: PresenceSource<Told>): void {
    if (this.#due.has(announced)) return
    this.#gathering.add(announced)
    this.#interval ??= this.#clock.after(intervalMs, this.#end)
  }

  /** It will not be announced. */
  remove(announced: PresenceSource<Told>): void {
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
    let left = perTurn
    for (const announced of this.#due) {
      if (left-- === 0) break
      this.#due.delete(announced)
      announced.announce(this.#note)
    }
    if (this.#due.size > 0) this.#turn = this.#clock.after(0, this.#announce)
    else this.#say()
  }

  readonly #note = (told: Told, say: Deliver<Told>): void => {
    const unsaid = this.#unsaid.get(told)
    if (unsaid === undefined) this.#unsaid.set(told, [say])
    else unsaid.push(say)
  }

  readonly #say = (): void => {
    this.#turn = null
    let left = perTurn
    for (const [told, unsaid] of this.#unsaid) {
      if (left-- === 0) break
      this.#unsaid.delete(told)
      for (const say of unsaid) say(told)
    }
    if (this.#unsaid.size > 0) this.#turn = this.#clock.after(0, this.#say)
  }
}
