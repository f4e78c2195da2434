/**
 * What each address and each account may ask for, whichever connection it comes on. A connection that closes takes nothing
 * of it along, so connecting again gains nothing.
 */
import type { Clock, Random } from '../../base/index.ts'
import type { Limits } from '../../protocol/index.ts'
import { RateLimiter, makeTimes, type Times } from './rate-limiter.ts'
import { networkOf } from './network.ts'
import { connectionCost } from './costs.ts'

export class RateLimits {
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #refusals: RateLimiters
  /** Null where there is no limit. */
  readonly #addresses: RateLimiters | null = null
  readonly #accounts: RateLimiters | null = null

  /** `limits.requestsPerSecond` 0 lifts all rates, `addressUnitsPerSecond` 0 that of an address. */
  constructor({ clock, random, limits }: { readonly clock: Clock; readonly random: Random; readonly limits: Limits }) {
    this.#clock = clock
    this.#limits = limits
    const { addressUnitsPerSecond, addressUnitBurst, accountUnitsPerSecond, accountUnitBurst, rateBuckets } = limits
    const { addressRefusalsPerSecond, addressRefusalBurst } = limits
    const seed = random.below(2 ** 32)
    this.#refusals = new RateLimiters(seed, rateBuckets, addressRefusalsPerSecond, addressRefusalBurst)
    if (limits.requestsPerSecond === 0) return
    if (addressUnitsPerSecond > 0)
      this.#addresses = new RateLimiters(seed, rateBuckets, addressUnitsPerSecond, addressUnitBurst)
    this.#accounts = new RateLimiters(seed, rateBuckets, accountUnitsPerSecond, accountUnitBurst)
  }

  /** For one connection from this address: '' where there is none. */
  allowance(address: string): Allowance {
    const { requestsPerSecond, requestBurst } = this.#limits
    const network = networkOf(address)
    return new Allowance({
      clock: this.#clock,
      connection: requestsPerSecond === 0 ? null : new RateLimiter(requestsPerSecond, requestBurst),
      address: this.#addresses?.of(network) ?? null,
      refusals: this.#refusals.of(network),
      accounts: this.#accounts,
    })
  }
}

interface AllowanceParts {
  readonly clock: Clock
  readonly connection: RateLimiter | null
  readonly address: RateLimiter | null
  /** To refuse is work too: so many a second are answered. */
  readonly refusals: RateLimiter
  readonly accounts: RateLimiters | null
}

/** What one connection pays from: its own rate counts requests; those of its address and its account count units. */
export class Allowance {
  readonly #parts: AllowanceParts
  #account: RateLimiter | null = null

  constructor(parts: AllowanceParts) {
    this.#parts = parts
  }

  /** From now on this account pays too. */
  belongsTo(account: string): void {
    this.#account = this.#parts.accounts?.of(account) ?? null
  }

  /** For one exchange on this connection, whose request has been counted already. It may belong to another account. */
  ofExchange(): Allowance {
    return new Allowance({ ...this.#parts, connection: null })
  }

  /**
   * Pays for a connection of its own. 0: paid. Else after so many ms: also while the address was refused too often, whose
   * next connection would bring more of the same.
   */
  payForConnection(): number {
    const { clock, address, refusals } = this.#parts
    const now = clock.now()
    const waitMs = Math.max(address?.refusal(now, connectionCost) ?? 0, refusals.refusal(now, 1))
    if (waitMs === 0) address?.spend(now, connectionCost)
    return waitMs
  }

  /** A request was refused. False: its address was refused so often that the connection is to be closed. */
  mayBeRefused(): boolean {
    const { clock, refusals } = this.#parts
    const now = clock.now()
    if (!refusals.has(now, 1)) return false
    refusals.spend(now, 1)
    return true
  }

  /** Pays for one request. 0: paid. Else nothing was taken, and it may be asked again after so many ms. */
  pay(units: number): number {
    const { clock, connection, address } = this.#parts
    const account = this.#account
    if (connection === null && address === null && account === null) return 0
    const now = clock.now()
    const waitMs = Math.max(
      connection?.refusal(now, 1) ?? 0,
      address?.refusal(now, units) ?? 0,
      account?.refusal(now, units) ?? 0,
    )
    if (waitMs > 0) return waitMs
    connection?.spend(now, 1)
    address?.spend(now, units)
    account?.spend(now, units)
    return 0
  }
}

/**
 * A fixed number of buckets in a fixed piece of memory: nobody is forgotten while they owe, however many come. Two keys
 * may share a bucket; the seed keeps who shares with whom from being chosen, and to keep many of them empty takes more
 * requests than a server can hear.
 */
class RateLimiters {
  readonly #seed: number
  readonly #count: number
  readonly #perSecond: number
  readonly #burst: number
  readonly #times: Times

  constructor(seed: number, count: number, perSecond: number, burst: number) {
    this.#seed = seed
    this.#count = count
    this.#perSecond = perSecond
    this.#burst = burst
    this.#times = makeTimes(count)
  }

  of(key: string): RateLimiter {
    return new RateLimiter(this.#perSecond, this.#burst, this.#times, hash(key, this.#seed) % this.#count)
  }
}

/** FNV-1a from a drawn beginning, and a last mix so that near keys lie far apart. */
function hash(key: string, seed: number): number {
  let value = seed
  for (let index = 0; index < key.length; index++) value = Math.imul(value ^ key.charCodeAt(index), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}
