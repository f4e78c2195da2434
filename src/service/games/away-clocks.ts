/** Games that are not in memory and whose clock runs: their deadlines stay, so each counts for the address that had brought it there. */
import { Fault } from '../../protocol/index.ts'
import type { Shared } from '../context.ts'
import { Shares } from '../sessions/shares.ts'

/** When to ask again, in ms: a clock takes its time. */
const retryAfterMs = 60_000

export class AwayClocks {
  readonly #shared: Shared
  readonly #ofAddress: Shares
  readonly #homes = new Map<string, string>()

  constructor(shared: Shared) {
    this.#shared = shared
    const { connectionsPerAddress, clocksPerAddress } = shared.limits
    this.#ofAddress = new Shares(connectionsPerAddress === 0 ? 0 : clocksPerAddress)
  }

  /** The game has left memory; where no clock runs it counts for nobody. */
  enter(game: string, address: string | null): void {
    if (address === null || !this.#shared.deadlines.has(game)) return
    this.#homes.set(game, address)
    this.#ofAddress.enter(address, game)
  }

  /** The game is back in memory, or its clock has stopped. Answers with the address that it counted for. */
  leave(game: string): string | null {
    const address = this.#homes.get(game)
    if (address === undefined) return null
    this.#homes.delete(game)
    this.#ofAddress.leave(address, game)
    return address
  }

  /** Before one more game with a clock begins. @throws Fault 'unavailable' */
  check(address: string): void {
    const { deadlines, limits, meter } = this.#shared
    const isFull = this.#ofAddress.isFull(address)
    if (!isFull && deadlines.size < limits.clocksMax) return
    meter.count('refused_games_total')
    const reason = isFull
      ? `${limits.clocksPerAddress} clocks of this address run, the most there may be: end some of these games,`
      : `${limits.clocksMax} clocks run on this server, the most there may be:`
    throw new Fault('unavailable', `${reason} play without a clock, or try again later`, { retryAfterMs })
  }
}
