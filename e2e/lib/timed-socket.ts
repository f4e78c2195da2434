/** The other end of a socket, for tests of real time: what it got and when, and when it was over. */
import { connect, type Socket } from 'node:net'
import { holdingClock, systemClock } from '../../src/base/index.ts'

export interface Arrival {
  /** Since the socket was made, in ms. */
  readonly at: number
  readonly text: string
}

export interface Place {
  readonly host: string
  readonly port: number
}

export class TimedSocket {
  readonly socket: Socket
  readonly arrivals: Arrival[] = []
  /** All that has arrived. */
  bytes = 0
  /** Resolves with how long the connection has lasted, in ms. */
  readonly closed: Promise<number>
  readonly #startedAt = systemClock.now()

  constructor(place: Place, said = '') {
    this.socket = connect({ ...place, noDelay: true })
    this.socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length
      this.arrivals.push({ at: this.#lasted, text: chunk.toString('latin1') })
    })
    this.socket.on('error', () => {})
    const { promise, resolve } = Promise.withResolvers<number>()
    this.closed = promise
    this.socket.on('close', () => resolve(this.#lasted))
    if (said !== '') this.socket.write(said)
  }

  get got(): string {
    return this.arrivals.map(({ text }) => text).join('')
  }

  get #lasted(): number {
    return systemClock.now() - this.#startedAt
  }
}

/** The host's timers, as a promise. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => void holdingClock.after(ms, resolve))
}

/** Waits until the claim holds. @throws when it does not within `msMax`. */
export async function eventually(claim: () => boolean, msMax = 10_000): Promise<void> {
  for (const end = systemClock.now() + msMax; !claim(); await pass(20))
    if (systemClock.now() > end) throw new Error(`it does not hold after ${msMax} ms: ${String(claim)}`)
}
