/**
 * The error table, shared by all protocols. `code = HTTP status × 10 + n`; the five errors that JSON-RPC defines keep
 * their codes.
 */
import type { RejectionName } from '../game/index.ts'

/**
 * Whether the sender may repeat the request. never: the refusal is final. refresh: the refusal is final for this
 * version; read the game again first. same: sending the identical request again is always safe.
 */
export type Retry = 'never' | 'refresh' | 'same'

export interface ErrorRow {
  readonly code: number
  readonly retry: Retry
}

export const errors = {
  'parse-error': { code: -32700, retry: 'never' },
  'invalid-request': { code: -32600, retry: 'never' },
  'method-not-found': { code: -32601, retry: 'never' },
  'invalid-params': { code: -32602, retry: 'never' },
  internal: { code: -32603, retry: 'never' },

  'not-understood': { code: 4000, retry: 'never' },
  'bad-token': { code: 4010, retry: 'never' },
  'not-your-seat': { code: 4030, retry: 'never' },
  'bad-origin': { code: 4031, retry: 'never' },
  'no-such-game': { code: 4040, retry: 'never' },
  'no-such-page': { code: 4041, retry: 'never' },
  'wrong-verb': { code: 4050, retry: 'never' },
  'too-late': { code: 4080, retry: 'same' },
  'too-slow': { code: 4081, retry: 'same' },
  stale: { code: 4091, retry: 'refresh' },
  'not-your-turn': { code: 4092, retry: 'refresh' },
  'seat-taken': { code: 4093, retry: 'never' },
  'id-taken': { code: 4094, retry: 'never' },
  'cell-taken': { code: 4095, retry: 'refresh' },
  'game-over': { code: 4096, retry: 'never' },
  'not-started': { code: 4097, retry: 'refresh' },
  'no-offer': { code: 4098, retry: 'refresh' },
  'not-over': { code: 4099, retry: 'refresh' },
  'too-large': { code: 4130, retry: 'never' },
  'off-board': { code: 4220, retry: 'never' },
  'bad-rules': { code: 4221, retry: 'never' },
  'bad-name': { code: 4222, retry: 'never' },
  'unsupported-protocol': { code: 4260, retry: 'never' },
  'rate-limited': { code: 4290, retry: 'same' },
  'too-many': { code: 4291, retry: 'never' },
  unavailable: { code: 5030, retry: 'same' },
  'outcome-unknown': { code: 5040, retry: 'same' },
  'storage-full': { code: 5070, retry: 'same' },
} as const satisfies Record<string, ErrorRow> & Record<RejectionName, ErrorRow>

export type ErrorName = keyof typeof errors
export const errorNames = Object.keys(errors) as readonly ErrorName[]

/**
 * When an error closes a text, JSON-lines or WebSocket connection; an error that is absent here never does. Every error
 * closes an HTTP connection. This is separate from the table because every page loads the table.
 */
export const connectionEndings: { readonly [Name in ErrorName]?: string } = {
  'parse-error': 'not UTF-8, or half a line',
  'not-understood': 'not UTF-8, or half a line',
  'too-late': 'yes',
  'too-slow': 'yes',
  'too-large': 'too long; not if nested too deep',
}

/** The row of an error as the general type, for code that handles any error. */
export function errorRow(name: ErrorName): ErrorRow {
  return errors[name]
}

/** The error with this code; undefined if the table has none. */
export function errorNameOf(code: number): ErrorName | undefined {
  return errorNames.find((name) => errors[name].code === code)
}

/** The HTTP status of an error: the first three digits of its code. JSON-RPC's own errors map to 400, 404 or 500. */
export function httpStatus(name: ErrorName): number {
  const { code } = errors[name]
  if (code > 0) return Math.floor(code / 10)
  return name === 'method-not-found' ? 404 : name === 'internal' ? 500 : 400
}

/** The optional members of `error.data`, next to `name` and `retry`. */
export interface ErrorDetail {
  /** The current version of the game, where the sender has to read it again. */
  readonly version?: number
  readonly view?: unknown
  readonly retryAfterMs?: number
  readonly supported?: readonly number[]
  readonly limit?: number
}
