/** The error table: one number space for every door. `code = HTTP status × 10 + n`; JSON-RPC's own five keep their codes. */
import type { RejectionName } from '../game/index.ts'

/**
 * May the sender repeat? never: a definite no. refresh: a definite no for this version, look again. same: send the
 * identical request again, always safe.
 */
export type Retry = 'never' | 'refresh' | 'same'

export interface ErrorRow {
  readonly code: number
  readonly retry: Retry
  /** The sentence used where the case at hand has none of its own. */
  readonly message: string
}

export const errors = {
  'parse-error': { code: -32700, retry: 'never', message: 'this is not JSON' },
  'invalid-request': { code: -32600, retry: 'never', message: 'this is not a JSON-RPC 2.0 request' },
  'method-not-found': { code: -32601, retry: 'never', message: 'there is no such method' },
  'invalid-params': { code: -32602, retry: 'never', message: 'the params do not fit the method' },
  internal: { code: -32603, retry: 'never', message: 'the server has a bug' },

  'not-understood': { code: 4000, retry: 'never', message: 'the request is not understood' },
  'bad-token': { code: 4010, retry: 'never', message: 'the token is not valid here' },
  'not-your-seat': { code: 4030, retry: 'never', message: 'you do not own this seat' },
  'bad-origin': { code: 4031, retry: 'never', message: 'this origin may not act here' },
  'no-such-game': { code: 4040, retry: 'never', message: 'there is no such game' },
  'no-such-page': { code: 4041, retry: 'never', message: 'there is nothing at this address' },
  'wrong-verb': { code: 4050, retry: 'never', message: 'this address does not take this HTTP method' },
  'too-late': { code: 4080, retry: 'same', message: 'the connection said nothing for too long' },
  'too-slow': { code: 4081, retry: 'same', message: 'the connection did not read for too long' },
  stale: { code: 4091, retry: 'refresh', message: 'the game has moved on' },
  'not-your-turn': { code: 4092, retry: 'refresh', message: 'it is not your turn' },
  'seat-taken': { code: 4093, retry: 'never', message: 'the seat is taken' },
  'id-taken': { code: 4094, retry: 'never', message: 'a different game has this id' },
  'cell-taken': { code: 4095, retry: 'refresh', message: 'the cell is taken' },
  'game-over': { code: 4096, retry: 'never', message: 'the game is over' },
  'not-started': { code: 4097, retry: 'refresh', message: 'the opponent has not joined yet' },
  'no-offer': { code: 4098, retry: 'refresh', message: 'there is no such offer to answer' },
  'not-over': { code: 4099, retry: 'refresh', message: 'the game is not over' },
  'too-large': { code: 4130, retry: 'never', message: 'the message is larger than the limit' },
  'off-board': { code: 4220, retry: 'never', message: 'there is no such cell' },
  'bad-rules': { code: 4221, retry: 'never', message: 'these rules cannot be played' },
  'bad-name': { code: 4222, retry: 'never', message: 'this name cannot be shown' },
  'unsupported-protocol': { code: 4260, retry: 'never', message: 'this server speaks protocol 1' },
  'rate-limited': { code: 4290, retry: 'same', message: 'too many requests a second' },
  'too-many': { code: 4291, retry: 'never', message: 'more than the limit allows' },
  unavailable: { code: 5030, retry: 'same', message: 'the server cannot do this now' },
  'outcome-unknown': { code: 5040, retry: 'same', message: 'it was sent to the journal and never confirmed' },
  'storage-full': { code: 5070, retry: 'same', message: 'the journal has no space' },
} as const satisfies Record<string, ErrorRow> & Record<RejectionName, ErrorRow>

export type ErrorName = keyof typeof errors
export const errorNames = Object.keys(errors) as readonly ErrorName[]

/**
 * When an error ends a connection of lines or a WebSocket; those left out never do. An HTTP connection is ended by each
 * problem. Not in the table itself, which every page loads.
 */
export const endings: { readonly [Name in ErrorName]?: string } = {
  'parse-error': 'not UTF-8, or half a line',
  'not-understood': 'not UTF-8, or half a line',
  'too-late': 'yes',
  'too-slow': 'yes',
  'too-large': 'too long; not if nested too deep',
}

/** The table's row as the general type, for code that handles any error. */
export function errorRow(name: ErrorName): ErrorRow {
  return errors[name]
}

/** The error with this code, if the table has one: a client reads numbers. */
export function errorNameOf(code: number): ErrorName | undefined {
  return errorNames.find((name) => errors[name].code === code)
}

/** The HTTP status of an error: the first three digits of its code; of JSON-RPC's own, 400, 404 or 500. */
export function httpStatus(name: ErrorName): number {
  const { code } = errors[name]
  if (code > 0) return Math.floor(code / 10)
  return name === 'method-not-found' ? 404 : name === 'internal' ? 500 : 400
}

/** What may travel in `error.data` beside `name` and `retry`. */
export interface ErrorDetail {
  /** The game's version now, where that helps to look again. */
  readonly version?: number
  readonly view?: unknown
  readonly retryAfterMs?: number
  readonly supported?: readonly number[]
  readonly limit?: number
}

/** The second kind of failure: the world failed, or a message could not be served. Names come from the table. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly fault: ErrorName
  readonly detail: ErrorDetail

  constructor(fault: ErrorName, message: string = errors[fault].message, options: ErrorOptions & ErrorDetail = {}) {
    const { cause, ...detail } = options
    super(message, cause === undefined ? undefined : { cause })
    this.fault = fault
    this.detail = detail
  }

  get retry(): Retry {
    return errors[this.fault].retry
  }
}
