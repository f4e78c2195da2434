/** What the service and whatever carries its messages ask of each other. */
import type { Purse } from './rates.ts'

/** Which way into the port a connection took. */
export const doors = ['text', 'lines', 'websocket', 'http'] as const
export type Door = (typeof doors)[number]

/** One open line to somebody, as the service sees it. The carrier owns framing, batching and back-pressure. */
export interface Connection {
  readonly door: Door
  /** The sender's network address; for logs and limits, never shown to others. */
  readonly address: string
  /** What pays for requests, where this is one exchange of many on a connection; else each connection has its own. */
  readonly purse?: Purse
  /** Queues one message. Never blocks, never throws; after the connection has ended it does nothing. */
  send(message: string): void
  /**
   * Queues a state. While the reader is slow only the newest message of each `key` is kept, so one that was skipped
   * never arrives.
   */
  sendNewest(key: string, message: string): void
  /**
   * Calls back, once, when the reader has taken what was sent so far, but for a little, or never will. Absent: at once.
   */
  whenSent?(call: () => void): void
  /** Sends what is queued, then closes. `code` is of the error table, or 1001 when the server goes away. */
  close(code: number, reason: string): void
}

/** What a carrier calls, in the order of arrival. */
export interface Talk {
  /** One whole message, without its terminator. `heardAt`: when it had come, on the service's monotonic clock; now if absent. */
  hear(message: string, heardAt?: number): void
  /** The connection is gone; nothing will be heard and nothing can be sent. Idempotent. */
  end(): void
}
