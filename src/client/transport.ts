/**
 * One connection to a server: it carries whole messages, in order, in both directions. `transportContract` tests this
 * contract.
 */
export interface Transport {
  /**
   * Queues one message: a text without line feeds, of any length, even while the server does not read. Never throws. A
   * message sent before the connection has opened or after it has ended is lost; one still queued at the end may be
   * lost.
   */
  send(message: string): void
  /**
   * Ends the connection, or the attempt to connect. Messages sent before are still delivered if the server reads them.
   * The
   * listener is not called again, not even for messages that have already arrived. Idempotent; no effect after the end.
   */
  close(): void
}

/**
 * Receives the events of a transport, only after `dial` has returned. A listener does not throw; it may call `send` and
 * `close` of the transport in each call.
 */
export interface TransportListener {
  /** Called once, before the first message. */
  opened(): void
  /** Called with one whole message, without its terminator; an empty one is a heartbeat. */
  heard(message: string): void
  /**
   * Called when the connection could not be made, failed, or was ended by the server, then after all its messages.
   * Called
   * once, as the last event; never after `close` of the transport.
   */
  closed(reason: string): void
}

/** Starts one connection to `url`. */
export type Dial = (url: URL, listener: TransportListener) => Transport
