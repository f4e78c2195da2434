/** Who sends the requests of HTTP: from where, and what they are paid from. */
import type { IncomingMessage } from 'node:http'
import { Fault } from '../../../protocol/index.ts'
import type { Meter, Allowance } from '../../../service/index.ts'
import { addressOf } from '../../address-book.ts'
import type { Host } from '../../host.ts'
import type { Proxies } from '../../proxies.ts'
import type { Shared } from '../../shared.ts'

export class Callers {
  readonly #host: Host
  readonly #meter: Meter
  readonly #proxies: Proxies
  readonly #allowances = new WeakMap<object, Allowance>()

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
    const allowance = this.allowance(request)
    const retryAfterMs = allowance.pay(1)
    if (retryAfterMs === 0) return
    // The connection is closed after this answer anyway.
    allowance.mayBeRefused()
    this.#meter.count('rate_limited_total')
    throw new Fault('rate-limited', undefined, { retryAfterMs })
  }

  /** That of the connection: sessions of HTTP last one request. */
  allowance(request: IncomingMessage): Allowance {
    const { socket } = request
    // What a proxy asks on one connection it asks for many.
    if (this.#proxies.has(addressOf(socket))) return this.#host.allowance(this.address(request)).ofExchange()
    const known = this.#allowances.get(socket)
    if (known !== undefined) return known
    const allowance = this.#host.allowance(this.address(request))
    this.#allowances.set(socket, allowance)
    return allowance
  }
}
