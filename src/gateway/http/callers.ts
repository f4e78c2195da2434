/** Who sends the requests of HTTP: from where, and what they are paid from. */
import type { IncomingMessage } from 'node:http'
import { Fault } from '../../protocol/index.ts'
import type { Meter, Purse } from '../../service/index.ts'
import { addressOf } from '../address-book.ts'
import type { Host } from '../host.ts'
import type { Shared } from '../shared.ts'

export class Callers {
  readonly #host: Host
  readonly #meter: Meter
  readonly #purses = new WeakMap<object, Purse>()

  constructor({ host, meter }: Pick<Shared, 'host' | 'meter'>) {
    this.#host = host
    this.#meter = meter
  }

  address({ socket }: IncomingMessage): string {
    return addressOf(socket)
  }

  /** For a request, before anything is done for it; what a method costs beyond that its session pays. @throws Fault 'rate-limited' */
  pay(request: IncomingMessage): void {
    const retryAfterMs = this.purse(request).pay(1)
    if (retryAfterMs === 0) return
    this.#meter.count('rate_limited_total')
    throw new Fault('rate-limited', undefined, { retryAfterMs })
  }

  /** That of the connection: sessions of HTTP last one request. */
  purse(request: IncomingMessage): Purse {
    const { socket } = request
    const known = this.#purses.get(socket)
    if (known !== undefined) return known
    const purse = this.#host.purse(this.address(request))
    this.#purses.set(socket, purse)
    return purse
  }
}
