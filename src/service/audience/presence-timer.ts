/**
 * One timer for the presence of all games. Games that changed within one interval are announced together. First each game
 * collects its messages; then each listener gets all its messages in one turn, which is one write on a connection.
 */
import type { Clock, Timer } from '../../base/index.ts'

/**
 * Minimum interval between presence messages of a game, in ms: a crowd that arrives causes one message, not one each.
 */
const intervalMs = 250
/** Games announced, or listeners notified, per turn of the event loop: about 1 ms of work. */
const perTurn = 64

/** Sends a message to a receiver, which may have left meanwhile. */
export type Deliver<Receiver> = (receiver: Receiver) => void

/** Something that announces presence: one game. */
export interface PresenceSource<Receiver> {
  /** Calls `addMessage` for each receiver. Each `deliver` is called later, in the order of these calls. */
  announce(addMessage: (receiver: Receiver, deliver: Deliver<Receiver>) => void): void
}

export class PresenceTimer<Receiver> {
  readonly #clock: Clock
  /** Sources added in the current interval. */
  #added = new Set<PresenceSource<Receiver>>()
  /** Sources of the interval that has ended, still to be announced. */
  #due = new Set<PresenceSource<Receiver>>()
  /** Messages still to be sent, by receiver. */
  readonly #unsent = new Map<Receiver, Deliver<Receiver>[]>()
  #interval: Timer | null = null
  #turn: Timer | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Announces the source once when the interval ends, however often it was added. */
  add(source: PresenceSource<Receiver>): void {
    if (this.#due.has(source)) return
    this.#added.add(source)
    this.#interval ??= this.#clock.after(intervalMs, this.#end)
  }

  /** The source will not be announced. */
  remove(source: PresenceSource<Receiver>): void {
    this.#added.delete(source)
    this.#due.delete(source)
    if (this.#added.size > 0) return
    this.#interval?.cancel()
    this.#interval = null
  }

  readonly #end = (): void => {
    this.#interval = null
    for (const late of this.#due) this.#added.add(late)
    this.#due = this.#added
    this.#added = new Set()
    this.#turn?.cancel()
    this.#announce()
  }

  readonly #announce = (): void => {
    this.#turn = null
    let left = perTurn
    for (const source of this.#due) {
      if (left-- === 0) break
      this.#due.delete(source)
      source.announce(this.#collect)
    }
    if (this.#due.size > 0) this.#turn = this.#clock.after(0, this.#announce)
    else this.#send()
  }

  readonly #collect = (receiver: Receiver, deliver: Deliver<Receiver>): void => {
    const unsent = this.#unsent.get(receiver)
    if (unsent === undefined) this.#unsent.set(receiver, [deliver])
    else unsent.push(deliver)
  }

  readonly #send = (): void => {
    this.#turn = null
    let left = perTurn
    for (const [receiver, unsent] of this.#unsent) {
      if (left-- === 0) break
      this.#unsent.delete(receiver)
      for (const deliver of unsent) deliver(receiver)
    }
    if (this.#unsent.size > 0) this.#turn = this.#clock.after(0, this.#send)
  }
}
