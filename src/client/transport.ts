/**
 * How a client reaches a server: whole messages, in order, both ways. One transport is one connection. `transportContract`
 * proves what is promised here.
 */
export interface Transport {
  /**
   * Queues one message, a text without line feeds, of any length and however little the other side reads. Never throws. What
   * is said before the connection has opened or after it has ended is lost; what is queued when it ends may be.
   */
  send(message: string): void
  /**
   * Ends the connection, or the attempt: what was sent before still leaves if the other side reads it, and the listener
   * hears no more, nothing of what has arrived either. Idempotent, and of no effect after the end.
   */
  close(): void
}

/**
 * What a transport tells its dialler, called only after the dial has returned. It does not throw, and may send and
 * close in each call.
 */
export interface TransportListener {
  /** Once, before anything is heard. */
  opened(): void
  /** One message, whole, without its terminator; an empty one is a sign of life. */
  heard(message: string): void
  /**
   * The connection could not be made, or has ended: by the other side, after all that it said, or by a failure. Once, unless
   * the transport was closed; nothing is said after it.
   */
  closed(reason: string): void
}

/** Starts one connection to `url`. */
export type Dial = (url: URL, listener: TransportListener) => Transport
