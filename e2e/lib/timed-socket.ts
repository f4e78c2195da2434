/** A client socket for tests in real time: it records what arrived and when, and when the connection ended. */
import type { Endpoint } from './endpoint.ts'
import { connect, type Socket } from 'node:net'
import { holdingClock, systemClock } from '../../src/base/index.ts'

export interface Arrival {
  /** Time since the socket was created, in ms. */
  readonly at: number
  readonly text: string
}

export class TimedSocket {
  readonly socket: Socket
  readonly arrivals: Arrival[] = []
  /** The number of bytes that have arrived. */
  bytes = 0
  /** Resolves at the end of the connection with its duration, in ms. */
  readonly closed: Promise<number>
  readonly #startedAt = systemClock.now()

  constructor(place: Endpoint, sent = '') {
    this.socket = connect({ ...place, noDelay: true })
    this.socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length
      this.arrivals.push({ at: this.#lasted, text: chunk.toString('latin1') })
    })
    this.socket.on('error', () => {})
    const { promise, resolve } = Promise.withResolvers<number>()
    this.closed = promise
    this.socket.on('close', () => resolve(this.#lasted))
    if (sent !== '') this.socket.write(sent)
  }

  /** The text that has arrived. */
  get got(): string {
    return this.arrivals.map(({ text }) => text).join('')
  }

  get #lasted(): number {
    return systemClock.now() - this.#startedAt
  }
}

/** Resolves after `ms`, by the host's timers. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => void holdingClock.after(ms, resolve))
}

/** Waits until the claim holds. @throws after `msMax`. */
export async function eventually(claim: () => boolean, msMax = 10_000): Promise<void> {
  for (const end = systemClock.now() + msMax; !claim(); await pass(20))
    if (systemClock.now() > end) throw new Error(`it does not hold after ${msMax} ms: ${String(claim)}`)
}
