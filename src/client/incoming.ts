/** The messages of a server: answers and notifications, as JSON-RPC 2.0. */
import type { ErrorDetail, Retry } from '../protocol/index.ts'

export interface WireError {
  readonly code: number
  readonly message: string
  readonly data?: ErrorDetail & { readonly name?: string; readonly retry?: Retry }
}

export type Incoming =
  | { readonly id: unknown; readonly result: unknown }
  | { readonly id: unknown; readonly error: WireError }
  | { readonly method: string; readonly params: unknown }

/** Null for a text that is not a message: the peer is not an Oxo server. Results and parameters are not validated. */
export function parseIncoming(text: string): Incoming | null {
  const message = parse(text)
  if (typeof message !== 'object' || message === null) return null
  return 'method' in message || 'result' in message || 'error' in message ? (message as Incoming) : null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
