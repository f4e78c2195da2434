/** The inputs of a service, which can be disabled: afterwards no timer fires, and nothing is read or written. */
import type { Clock, Timer } from '../base/index.ts'
import {
  type Entry,
  type GameId,
  type Journal,
  JournalFault,
  type Listening,
  type Subscription,
} from '../journal/index.ts'

const noTimer: Timer = { cancel() {} }

/** A clock whose timers can all be cancelled at once. */
export class ClosableClock implements Clock {
  readonly #clock: Clock
  readonly #timers = new Set<Timer>()
  #isEnded = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  wall(): number {
    return this.#clock.wall()
  }

  after(ms: number, call: () => void): Timer {
    if (this.#isEnded) return noTimer
    const timer = this.#clock.after(ms, () => {
      this.#timers.delete(timer)
      call()
    })
    this.#timers.add(timer)
    return {
      cancel: () => {
        this.#timers.delete(timer)
        timer.cancel()
      },
    }
  }

  end(): void {
    this.#isEnded = true
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }
}

/** Wraps a journal that the caller owns. After `end` every operation is refused; the journal itself stays open. */
export class ClosableJournal implements Required<Journal> {
  readonly #journal: Journal
  #isEnded = false

  constructor(journal: Journal) {
    this.#journal = journal
  }

  get id(): Journal['id'] {
    return this.#journal.id
  }

  get durability(): Journal['durability'] {
    return this.#journal.durability
  }

  get damage(): string | null {
    return this.#journal.damage ?? null
  }

  append(...args: Parameters<Journal['append']>): ReturnType<Journal['append']> {
    return this.#isEnded ? Promise.reject(makeEnded()) : this.#journal.append(...args)
  }

  read(...args: Parameters<Journal['read']>): Promise<readonly Entry[]> {
    return this.#isEnded ? Promise.reject(makeEnded()) : this.#journal.read(...args)
  }

  readBack(...args: Parameters<Journal['readBack']>): Promise<readonly Entry[]> {
    return this.#isEnded ? Promise.reject(makeEnded()) : this.#journal.readBack(...args)
  }

  follow(...args: Parameters<Journal['follow']>): Subscription {
    if (this.#isEnded) throw makeEnded()
    return this.#journal.follow(...args)
  }

  listen(...args: Parameters<Journal['listen']>): Listening {
    return this.#isEnded ? { close() {} } : this.#journal.listen(...args)
  }

  async isAwake(game: GameId): Promise<boolean> {
    return this.#isEnded ? false : ((await this.#journal.isAwake?.(game)) ?? true)
  }

  awayMs(game: GameId, from: number, to: number): number {
    return this.#journal.awayMs?.(game, from, to) ?? 0
  }

  close(): Promise<void> {
    return this.#journal.close()
  }

  end(): void {
    this.#isEnded = true
  }
}

function makeEnded(): JournalFault {
  return new JournalFault('unavailable', 'the service is closed')
}
