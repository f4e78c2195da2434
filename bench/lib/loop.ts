/** The workload: many pairs of players. A pair makes its next move when both players have received the last one. */
import { setTimeout as pause } from 'node:timers/promises'
import { Samples } from './samples.ts'

/** Plays the protocol of one contender, over its connections. */
export interface Driver {
  /** Prepares the pair's next game for its first move, then calls `loop.ready(pair)`. Absent: the pair is always ready. */
  setUp?(pair: number): void
  /** Ends the pair's subscriptions to its previous games. */
  leave?(pair: number): void
  /** Sends move number `nth` of the pair, counted from 0 since the last `begin`; nine moves are a game. */
  move(pair: number, nth: number): void
  /** Restarts the count of moves at 0, with the first game that is set up from now on. */
  begin(): void
}

export const movesPerGame = 9

/**
 * In ms. Oxo sends presence a quarter of a second after it has changed. Waiting for this much counts the presence of new
 * games as set-up, and keeps that of left games out of it.
 */
const settleMs = 400

/** Is notified of the begin and the end of each counted stretch. */
export interface StretchMeter {
  begin(): void
  end(moves: number): void
  /** The begin and the end of each set-up before a counted stretch. @param games How many games were created. */
  beginSetUp(): void
  endSetUp(games: number): void
}

export class Loop {
  readonly pairs: number
  readonly latencies = new Samples()
  /** The number of moves that both players have received. */
  acknowledged = 0
  readonly #meter: StretchMeter
  #driver: Driver | undefined
  readonly #nth: Int32Array
  readonly #received: Uint8Array
  readonly #dueAt: Float64Array
  readonly #setUps: Int32Array
  #unready = 0
  #readied = 0
  #allReady: () => void = () => {}
  #advance: (pair: number) => void = () => {}
  #isCounting = false
  #isWhole = false
  #inFlight = 0
  #idle: () => void = () => {}

  constructor(pairs: number, meter: StretchMeter) {
    this.pairs = pairs
    this.#meter = meter
    this.#nth = new Int32Array(pairs)
    this.#received = new Uint8Array(pairs)
    this.#dueAt = new Float64Array(pairs)
    this.#setUps = new Int32Array(pairs)
  }

  drive(driver: Driver): void {
    this.#driver = driver
  }

  /** Rises with every received move and every game that becomes ready. */
  get progress(): number {
    return this.acknowledged + this.#readied
  }

  /** Sets up `games` games for every pair. If the driver has no set-up, the current games continue. */
  async prepare(games: number): Promise<void> {
    const driver = this.#driver
    if (driver?.setUp === undefined) return
    if (this.#readied > 0) {
      for (let pair = 0; pair < this.pairs; pair++) driver.leave?.(pair)
      await pause(settleMs)
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#allReady = resolve
    this.#unready = this.pairs
    this.#setUps.fill(games)
    this.#nth.fill(0)
    driver.begin()
    this.#meter.beginSetUp()
    for (let pair = 0; pair < this.pairs; pair++) driver.setUp(pair)
    await promise
    await pause(settleMs)
    this.#meter.endSetUp(games * this.pairs)
  }

  /** For the driver: a game of the pair is ready. */
  ready(pair: number): void {
    this.#readied++
    if (this.#isWhole) {
      this.#inFlight--
      this.#start(pair, performance.now())
      if (this.#inFlight === 0) this.#idle()
      return
    }
    const left = (this.#setUps[pair] ?? 0) - 1
    this.#setUps[pair] = left
    if (left > 0) this.#driver?.setUp?.(pair)
    else if (--this.#unready === 0) this.#allReady()
  }

  /** For the driver: how many moves of the pair both players have received since `begin`. */
  nth(pair: number): number {
    return this.#nth[pair] ?? 0
  }

  /** For the driver: the player in `seat` (0 or 1) has received the pair's move in flight. */
  receive(pair: number, seat: number): void {
    const seats = (this.#received[pair] ?? 0) | (1 << seat)
    this.#received[pair] = seats
    if (seats !== 3) return
    this.acknowledged++
    this.#inFlight--
    if (this.#isCounting) this.latencies.add(performance.now() - (this.#dueAt[pair] ?? 0))
    this.#nth[pair] = (this.#nth[pair] ?? 0) + 1
    this.#advance(pair)
    if (this.#inFlight === 0) this.#idle()
  }

  /** Plays the prepared games at full speed, for `seconds` or until the first pair has none left. */
  playClosed(games: number, seconds: number): Promise<void> {
    const total = games * movesPerGame
    return this.#play(seconds, (stop) => {
      this.#advance = (pair) => {
        if (this.nth(pair) >= total) stop()
        else this.#start(pair, performance.now())
      }
      for (let pair = 0; pair < this.pairs; pair++) this.#start(pair, performance.now())
    })
  }

  /** Plays at full speed for `seconds`; each pair sets up its next game when one is over. */
  async playWhole(seconds: number): Promise<void> {
    this.#nth.fill(0)
    this.#driver?.begin()
    this.#isWhole = true
    await this.#play(seconds, () => {
      this.#advance = (pair) => {
        if (this.nth(pair) % movesPerGame === 0) this.#next(pair)
        else this.#start(pair, performance.now())
      }
      for (let pair = 0; pair < this.pairs; pair++) this.#next(pair)
    })
    this.#isWhole = false
  }

  /** Plays the prepared games at `rate` moves a second. If every pair is busy, a due move waits, and this counts as latency. */
  playOpen(games: number, seconds: number, rate: number): Promise<void> {
    const total = games * movesPerGame
    const free = Array.from({ length: this.pairs }, (_, pair) => pair)
    const waiting: number[] = []
    return this.#play(seconds, (stop) => {
      const begun = performance.now()
      let due = 0
      this.#advance = (pair) => {
        if (this.nth(pair) >= total) return stop()
        const dueAt = waiting.shift()
        if (dueAt === undefined) free.push(pair)
        else this.#start(pair, dueAt)
      }
      const tick = (): void => {
        if (!this.#isCounting) return
        const now = performance.now()
        for (; begun + (due / rate) * 1_000 <= now; due++) {
          const dueAt = begun + (due / rate) * 1_000
          const pair = free.shift()
          if (pair === undefined) waiting.push(dueAt)
          else this.#start(pair, dueAt)
        }
        setTimeout(tick, 1)
      }
      tick()
    })
  }

  #next(pair: number): void {
    if (!this.#isCounting) return
    this.#inFlight++
    this.#driver?.leave?.(pair)
    this.#driver?.setUp?.(pair)
  }

  #start(pair: number, dueAt: number): void {
    if (!this.#isCounting) return
    this.#dueAt[pair] = dueAt
    this.#received[pair] = 0
    this.#inFlight++
    this.#driver?.move(pair, this.nth(pair))
  }

  /** Counts moves until `stop` is called or the time is over, then waits for the moves in flight. */
  async #play(seconds: number, begin: (stop: () => void) => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = this.acknowledged
    const stop = (): void => {
      if (!this.#isCounting) return
      this.#isCounting = false
      this.#meter.end(this.acknowledged - before)
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(stop, seconds * 1_000)
    this.#isCounting = true
    this.#meter.begin()
    begin(stop)
    await promise
    if (this.#inFlight > 0) await new Promise<void>((settle) => (this.#idle = settle))
    this.#idle = () => {}
  }
}
