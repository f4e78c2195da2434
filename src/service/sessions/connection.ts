/** What the service and whatever carries its messages ask of each other. */
import type { Allowance } from './rate-limits.ts'

/** Which way into the port a connection took. */
export const protocols = ['text', 'lines', 'websocket', 'http'] as const
export type Protocol = (typeof protocols)[number]

/**
 * One open line to somebody, as the service sees it. The carrier owns framing, batching and back-pressure. What it promises
 * `connectionContract` proves, but for an exchange of HTTP: that sends the first message, its answer, and nothing else.
 */
export interface Connection {
  readonly protocol: Protocol
  /** The sender's network address; for logs and limits, never shown to others. */
  readonly address: string
  /** What pays for requests, where this is one exchange of many on a connection; else each connection has its own. */
  readonly allowance?: Allowance
  /**
   * Queues one message: all arrive, whole and in order, however slow the reader is, also what is sent while the talk is made.
   * Never blocks, never throws; after `close` and after the end it does nothing.
   */
  send(message: string): void
  /**
   * Queues a state, in order with the messages. While the reader is slow only the newest state of each `key` is kept, so one
   * that was skipped never arrives, and one that is kept may come behind messages that were sent after it.
   */
  sendNewest(key: string, message: string): void
  /**
   * Calls back, once, when the reader has taken what was sent so far, but for a little, or never will: at once where there is
   * nothing, and after the end. `call` does not throw. Absent: at once.
   */
  whenSent?(call: () => void): void
  /**
   * Sends what is queued, the newest states too, then closes: nothing more is heard, and `end` follows. Idempotent. `code` is
   * of the error table, or 1001 when the server goes away.
   */
  close(code: number, reason: string): void
}

/** What a carrier calls, in the order of arrival: nothing after `end`. It may send and close in each call. */
export interface Talk {
  /** One whole message, without its terminator. `heardAt`: when it had come, on the service's monotonic clock; now if absent. */
  hear(message: string, heardAt?: number): void
  /**
   * The connection is gone, by whoever's wish; nothing will be heard and nothing can be sent. Idempotent. Whoever has closed
   * one half is heard and answered first.
   */
  end(): void
}
