/** How a client reaches a server: whole messages, in order, both ways. One transport is one connection. */
export interface Transport {
  /** Queues one message. Never throws; what is queued when the connection ends may be lost. */
  send(message: string): void
  /** Ends the connection; the listener hears no more. Idempotent. */
  close(): void
}

/** What a transport tells whoever dialled it. Called only after the dial has returned. */
export interface TransportListener {
  opened(): void
  /** One message, without its terminator; an empty one is a sign of life. */
  heard(message: string): void
  /** The connection could not be made, or has ended. Nothing is said after it. */
  closed(reason: string): void
}

/** Starts one connection to `url`. */
export type Dial = (url: URL, listener: TransportListener) => Transport
