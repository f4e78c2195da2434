/** The client address of each HTTP request, and the rate limits that it is charged to. */
import type { IncomingMessage } from 'node:http'
import { Fault } from '../../../protocol/index.ts'
import type { Meter, Allowance } from '../../../service/index.ts'
import { addressOf } from '../../address-book.ts'
import type { Host } from '../../host.ts'
import type { Proxies } from '../../proxies.ts'
import type { GatewayContext } from '../../shared.ts'

export class Callers {
  readonly #host: Host
  readonly #meter: Meter
  readonly #proxies: Proxies
  readonly #allowances = new WeakMap<object, Allowance>()

  constructor({ host, meter, proxies }: Pick<GatewayContext, 'host' | 'meter' | 'proxies'>) {
    this.#host = host
    this.#meter = meter
    this.#proxies = proxies
  }

  /** The address of the client; behind a trusted proxy, the one that the proxy names. */
  address({ socket, headers }: IncomingMessage): string {
    const forwardedFor = headers['x-forwarded-for']
    return this.#proxies.clientOf(addressOf(socket), typeof forwardedFor === 'string' ? forwardedFor : undefined)
  }

  /** Charges one unit before the request is handled; the session charges the rest of the method's cost. @throws Fault 'rate-limited' */
  pay(request: IncomingMessage): void {
    this.#charge(request, 1, 1)
  }

  /** Charges more units for a request that is paid already. @throws Fault 'rate-limited' */
  payMore(request: IncomingMessage, units: number): void {
    this.#charge(request, units, 0)
  }

  /** The rate limits of the connection, because an HTTP session lasts only one request. */
  allowance(request: IncomingMessage): Allowance {
    const { socket } = request
    // One connection of a proxy carries the requests of many clients.
    if (this.#proxies.has(addressOf(socket))) return this.#host.allowance(this.address(request)).ofExchange()
    const known = this.#allowances.get(socket)
    if (known !== undefined) return known
    const allowance = this.#host.allowance(this.address(request))
    this.#allowances.set(socket, allowance)
    return allowance
  }

  #charge(request: IncomingMessage, units: number, requests: 0 | 1): void {
    const allowance = this.allowance(request)
    const retryAfterMs = allowance.pay(units, requests)
    if (retryAfterMs === 0) return
    // The result is ignored, because the connection is closed after this answer anyway.
    allowance.mayBeRefused()
    this.#meter.count('rate_limited_total')
    throw new Fault('rate-limited', undefined, { retryAfterMs })
  }
}
