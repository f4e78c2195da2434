/**
 * The rate limits of each address and each account, shared by all their connections. They outlive a connection, so a
 * client gains nothing by connecting again.
 */
import type { Clock, Random } from '../../base/index.ts'
import type { Limits } from '../../protocol/index.ts'
import { RateLimiter, makeTimes, type LimiterTimes } from './rate-limiter.ts'
import { networkOf } from './network-of.ts'
import { connectionCost } from './costs.ts'

export class RateLimits {
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #refusals: RateLimiters
  /** Null if there is no limit. */
  readonly #addresses: RateLimiters | null = null
  readonly #accounts: RateLimiters | null = null

  /** `limits.requestsPerSecond` 0 lifts all rates; `addressUnitsPerSecond` 0 lifts the rate of addresses only. */
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

  /** Makes the allowance of one connection from this address; '' if the address is unknown. */
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
  /** Refusing takes work too, so only so many refusals a second are sent. */
  readonly refusals: RateLimiter
  readonly accounts: RateLimiters | null
}

/** The limiters of one connection: its own counts requests; those of its address and its account count units. */
export class Allowance {
  readonly #parts: AllowanceParts
  #account: RateLimiter | null = null

  constructor(parts: AllowanceParts) {
    this.#parts = parts
  }

  /** From now on requests are also charged to this account. */
  belongsTo(account: string): void {
    this.#account = this.#parts.accounts?.of(account) ?? null
  }

  /**
   * The allowance of one exchange on this connection, whose request is already counted. It may belong to another
   * account.
   */
  ofExchange(): Allowance {
    return new Allowance({ ...this.#parts, connection: null })
  }

  /**
   * Pays for a new connection. Returns 0 if paid, else the delay in ms before the next attempt: also if the address was
   * refused too often, since its next connection would bring more requests to refuse.
   */
  payForConnection(): number {
    const { clock, address, refusals } = this.#parts
    const now = clock.now()
    const waitMs = Math.max(address?.refusal(now, connectionCost) ?? 0, refusals.refusal(now, 1))
    if (waitMs === 0) address?.spend(now, connectionCost)
    return waitMs
  }

  /** Call after a request was refused. False: its address was refused so often that the connection must be closed. */
  mayBeRefused(): boolean {
    const { clock, refusals } = this.#parts
    const now = clock.now()
    if (!refusals.has(now, 1)) return false
    refusals.spend(now, 1)
    return true
  }

  /**
   * Pays `units` for one request; for 0 requests if it is paid already and turns out to be more work. Returns 0 if
   * paid; else nothing was taken, and it is the delay in ms before the next attempt.
   */
  pay(units: number, requests: 0 | 1 = 1): number {
    const { clock, connection, address } = this.#parts
    const account = this.#account
    if (connection === null && address === null && account === null) return 0
    const now = clock.now()
    const waitMs = Math.max(
      connection?.refusal(now, requests) ?? 0,
      address?.refusal(now, units) ?? 0,
      account?.refusal(now, units) ?? 0,
    )
    if (waitMs > 0) return waitMs
    connection?.spend(now, requests)
    address?.spend(now, units)
    account?.spend(now, units)
    return 0
  }
}

/**
 * A fixed number of buckets in a fixed amount of memory, so no key that has used its rate is forgotten, however many
 * keys there are. Two keys may share a bucket. The random seed prevents choosing which keys share one, and keeping many
 * buckets empty takes more requests than a server can receive.
 */
export class RateLimiters {
  readonly #seed: number
  readonly #count: number
  readonly #perSecond: number
  readonly #burst: number
  readonly #times: LimiterTimes

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

/** FNV-1a from a random seed, with a final mix that spreads similar keys. */
function hash(key: string, seed: number): number {
  let value = seed
  for (let index = 0; index < key.length; index++) value = Math.imul(value ^ key.charCodeAt(index), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}
