/** What every connection of one gateway shares. */
import type { Clock, Log } from '../base/index.ts'
import type { Limits } from '../protocol/index.ts'
import type { Protocol, Meter } from '../service/index.ts'
import type { AddressBook } from './address-book.ts'
import type { FairScheduler } from './flow/inbound-queue.ts'
import type { Host } from './host.ts'
import type { Flusher } from './flow/outbox.ts'
import type { Proxies } from './proxies.ts'
import type { TimerWheel } from './flow/timer-wheel.ts'

/** One connection behind its protocol, as the gateway ends it. */
export interface Wire {
  readonly protocol: Protocol
  readonly address: string
  /** Sends what is queued, then closes. */
  close(code: number, reason: string): void
}

export interface Shared {
  readonly host: Host
  readonly limits: Limits
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly flusher: Flusher
  readonly scheduler: FairScheduler
  readonly book: AddressBook
  readonly proxies: Proxies
  readonly meter: Meter
  readonly log: Log
  /** A connection has chosen its protocol. */
  enter(wire: Wire): void
  /** It is gone. */
  leave(wire: Wire): void
}
