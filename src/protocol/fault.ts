/** An error of the table as an exception, with a sentence for people. The sentences are here because pages load the table. */
import { type ErrorDetail, errorRow, type ErrorName, type Retry } from './errors.ts'

/** The default sentence of each error, used where the thrower gives none. */
export const sentences: { readonly [Name in ErrorName]: string } = {
  'parse-error': 'this is not JSON',
  'invalid-request': 'this is not a JSON-RPC 2.0 request',
  'method-not-found': 'there is no such method',
  'invalid-params': 'the params do not fit the method',
  internal: 'the server has a bug',
  'not-understood': 'the request is not understood',
  'bad-token': 'the token is not valid here',
  'not-your-seat': 'you do not own this seat',
  'bad-origin': 'this origin may not act here',
  'no-such-game': 'there is no such game',
  'no-such-page': 'there is nothing at this address',
  'wrong-verb': 'this address does not take this HTTP method',
  'too-late': 'the connection said nothing for too long',
  'too-slow': 'the connection did not read for too long',
  stale: 'the game has moved on',
  'not-your-turn': 'it is not your turn',
  'seat-taken': 'the seat is taken',
  'id-taken': 'a different game has this id',
  'cell-taken': 'the cell is taken',
  'game-over': 'the game is over',
  'not-started': 'the opponent has not joined yet',
  'no-offer': 'there is no such offer to answer',
  'not-over': 'the game is not over',
  'too-large': 'the message is larger than the limit',
  'off-board': 'there is no such cell',
  'bad-rules': 'these rules cannot be played',
  'bad-name': 'this name cannot be shown',
  'unsupported-protocol': 'this server speaks protocol 1',
  'rate-limited': 'too many requests a second',
  'too-many': 'more than the limit allows',
  unavailable: 'the server cannot do this now',
  'outcome-unknown': 'it was sent to the journal and never confirmed',
  'storage-full': 'the journal has no space',
}

/**
 * A request or message could not be served: it was malformed or refused, or the environment failed. `fault` is the
 * error's name in the table. The game's own refusals are values (`Rejection`), not exceptions.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly fault: ErrorName
  readonly detail: ErrorDetail

  constructor(fault: ErrorName, message: string = sentences[fault], options: ErrorOptions & ErrorDetail = {}) {
    const { cause, ...detail } = options
    super(message, cause === undefined ? undefined : { cause })
    this.fault = fault
    this.detail = detail
  }

  get retry(): Retry {
    return errorRow(this.fault).retry
  }
}
