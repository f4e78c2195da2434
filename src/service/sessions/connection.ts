/** The two ends of a connection: the service has the session, the transport has the connection. */
import type { MethodName, Params, Result } from '../../protocol/index.ts'
import type { AnyNotification } from '../games/change.ts'
import type { Allowance } from './rate-limits.ts'

/** The protocol of a connection. */
export const protocols = ['text', 'lines', 'websocket', 'http'] as const
export type Protocol = (typeof protocols)[number]

/**
 * One connection, as the service sees it. The transport owns framing, batching and back-pressure. `connectionContract`
 * tests what is promised here. An HTTP exchange is an exception: it sends only its first message, the answer. So is the
 * text protocol, which has other words for what it sends.
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
   * Queues one message, the answer to a message that was received. All arrive whole and in order, however slow the
   * reader is, also those sent while the session is being created. Never blocks, never throws. Does nothing after
   * `close` or after the end.
   */
  send(answer: string): void
  /**
   * Queues a notification, in order with the answers. While the reader is slow only the newest of each key is kept: an
   * older one never arrives, and the kept one may arrive later than answers that were sent after it.
   */
  notify(notification: AnyNotification): void
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

/** What a transport calls, in the order of arrival; nothing after `end`. The session may send and close in each call. */
export interface Session {
  /**
   * Takes one JSON-RPC message, without its terminator, and answers it through the connection. An empty message is a
   * heartbeat. `heardAt`: when it was received, on the service's monotonic clock; default: now.
   */
  hear(message: string, heardAt?: number): void
  /** Serves one request of a protocol that has other messages than JSON-RPC. @throws Fault */
  call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Result<Method>>
  /** Charges the client for a message that was no valid request. */
  charge(): void
  /** Call when no more messages will come. Resolves when every request is answered. */
  finish(): Promise<void>
  /**
   * The connection is closed, by either side: nothing more is received or sent. Idempotent. If the client has closed
   * only its sending half, all its messages are handled and answered before this is called.
   */
  end(): void
}
