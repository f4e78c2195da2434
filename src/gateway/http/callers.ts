/** Who sends the requests of HTTP: from where, and what they are paid from. */
import type { IncomingMessage } from 'node:http'
import { Fault } from '../../protocol/index.ts'
import type { Meter, Purse } from '../../service/index.ts'
import { addressOf } from '../address-book.ts'
import type { Host } from '../host.ts'
import type { Proxies } from '../proxies.ts'
import type { Shared } from '../shared.ts'

export class Callers {
  readonly #host: Host
  readonly #meter: Meter
  readonly #proxies: Proxies
  readonly #purses = new WeakMap<object, Purse>()

  constructor({ host, meter, proxies }: Pick<Shared, 'host' | 'meter' | 'proxies'>) {
    this.#host = host
    this.#meter = meter
    this.#proxies = proxies
  }

  /** Of whom a proxy asks for, where it is one that is believed. */
  address({ socket, headers }: IncomingMessage): string {
    const forwardedFor = headers['x-forwarded-for']
    return this.#proxies.clientOf(addressOf(socket), typeof forwardedFor === 'string' ? forwardedFor : undefined)
  }

  /** For a request, before anything is done for it; what a method costs beyond that its session pays. @throws Fault 'rate-limited' */
  pay(request: IncomingMessage): void {
    const purse = this.purse(request)
    const retryAfterMs = purse.pay(1)
    if (retryAfterMs === 0) return
    // The connection is closed after this answer anyway.
    purse.mayBeRefused()
    this.#meter.count('rate_limited_total')
    throw new Fault('rate-limited', undefined, { retryAfterMs })
  }

  /** That of the connection: sessions of HTTP last one request. */
  purse(request: IncomingMessage): Purse {
    const { socket } = request
    // What a proxy asks on one connection it asks for many.
    if (this.#proxies.has(addressOf(socket))) return this.#host.purse(this.address(request)).ofExchange()
    const known = this.#purses.get(socket)
    if (known !== undefined) return known
    const purse = this.#host.purse(this.address(request))
    this.#purses.set(socket, purse)
    return purse
  }
}
