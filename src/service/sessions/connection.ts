/** The interface between the service and the transports. */
import type { Allowance } from './rate-limits.ts'

/** The protocol of a connection. */
export const protocols = ['text', 'lines', 'websocket', 'http'] as const
export type Protocol = (typeof protocols)[number]

/**
 * One connection, as the service sees it. The transport owns framing, batching and back-pressure. `connectionContract`
 * tests what is promised here. An HTTP exchange is an exception: it sends only its first message, the answer.
 */
export interface Connection {
  readonly protocol: Protocol
  /** The client's network address; for logs and limits, never shown to others. */
  readonly address: string
  /**
   * The allowance that pays for requests, if this is one exchange of many on a transport connection. If absent, the
   * connection gets its own.
   */
  readonly allowance?: Allowance
  /**
   * Queues one message. All messages arrive whole and in order, however slow the reader is, also those sent while the
   * `Talk` is being created. Never blocks, never throws. Does nothing after `close` or after the end.
   */
  send(message: string): void
  /**
   * Queues a state, in order with the messages. While the reader is slow only the newest state of each `key` is kept:
   * an older state never arrives, and the kept one may arrive later than messages that were sent after it.
   */
  sendNewest(key: string, message: string): void
  /**
   * Calls `call` once: when nearly everything sent so far has been read, when that will never happen, or at once if
   * nothing is unsent or the connection has ended. `call` does not throw. If the member is absent, everything counts as
   * sent.
   */
  whenSent?(call: () => void): void
  /**
   * Sends what is queued, including the newest states, then closes. No more messages are received, and `end` follows.
   * Idempotent. `code` is from the error table, or 1001 when the server goes away.
   */
  close(code: number, reason: string): void
}

/** What a transport calls, in the order of arrival; nothing after `end`. The callee may send and close in each call. */
export interface Talk {
  /**
   * Takes one whole message, without its terminator. `heardAt`: when it was received, on the service's monotonic clock;
   * default: now.
   */
  hear(message: string, heardAt?: number): void
  /**
   * The connection is closed, by either side: nothing more is received or sent. Idempotent. If the client has closed
   * only its sending half, all its messages are handled and answered before this is called.
   */
  end(): void
}
