/**
 * Games that are not in memory and whose clock runs. Their deadlines are kept, so each game counts for the address that
 * had loaded it.
 */
import { Fault } from '../../protocol/index.ts'
import type { ServiceContext } from '../context.ts'
import { GamesPerOwner } from './games-per-owner.ts'

/** Suggested delay before the next attempt, in ms: clocks run for a long time. */
const retryAfterMs = 60_000

export class UnloadedClocks {
  readonly #shared: ServiceContext
  readonly #ofAddress: GamesPerOwner
  readonly #homes = new Map<string, string>()

  constructor(shared: ServiceContext) {
    this.#shared = shared
    const { connectionsPerAddress, clocksPerAddress } = shared.limits
    this.#ofAddress = new GamesPerOwner(connectionsPerAddress === 0 ? 0 : clocksPerAddress)
  }

  /** The game has left memory. A game without a running clock counts for nobody. */
  enter(game: string, address: string | null): void {
    if (address === null || !this.#shared.deadlines.has(game)) return
    this.#homes.set(game, address)
    this.#ofAddress.enter(address, game)
  }

  /** The game is back in memory, or its clock has stopped. Returns the address that it counted for; null if none. */
  leave(game: string): string | null {
    const address = this.#homes.get(game)
    if (address === undefined) return null
    this.#homes.delete(game)
    this.#ofAddress.leave(address, game)
    return address
  }

  /** Call before one more game with a clock begins. @throws Fault 'unavailable' */
  check(address: string): void {
    const { deadlines, limits, meter } = this.#shared
    const isFull = this.#ofAddress.isFull(address)
    if (!isFull && deadlines.size < limits.clocksMax) return
    meter.count('refused_games_total')
    const reason = isFull
      ? `this address already has ${limits.clocksPerAddress} games with a running clock, the most allowed: end some of them,`
      : `${limits.clocksMax} clocks run on this server, the most allowed:`
    throw new Fault('unavailable', `${reason} play without a clock, or try again later`, { retryAfterMs })
  }
}
