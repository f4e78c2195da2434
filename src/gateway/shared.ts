/** The objects that all connections of one gateway share. */
import type { Clock, Log } from '../base/index.ts'
import type { Limits } from '../protocol/index.ts'
import type { Connection, Meter } from '../service/index.ts'
import type { AddressBook } from './address-book.ts'
import type { FairScheduler } from './flow/fair-scheduler.ts'
import type { Host } from './host.ts'
import type { Flusher } from './flow/flusher.ts'
import type { Proxies } from './proxies.ts'
import type { TimerWheel } from './flow/timer-wheel.ts'

/** What the gateway keeps of each open connection. */
export type OpenConnection = Pick<Connection, 'protocol' | 'address' | 'close'>

export interface GatewayContext {
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
  /** Adds a connection whose protocol is known. */
  enter(connection: OpenConnection): void
  /** Removes a closed connection. */
  leave(connection: OpenConnection): void
}
