/** A stream of bytes and the messages at its front. */

export interface StreamEnd {
  /** Whether the server has closed the connection. */
  readonly hasEnded: boolean
  /** The time since the last byte, in ms. */
  readonly quietMs: number
}

export interface FramedMessage {
  readonly payload: Uint8Array
  /** The status of an HTTP response. */
  readonly status?: number
}

export interface Splitting {
  /** The bytes that belong to `messages`; the rest is the beginning of the next message. */
  readonly consumed: number
  readonly messages: readonly FramedMessage[]
}
