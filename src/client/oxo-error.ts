/** The one error of the client: a refusal of the server, or a request whose fate the client cannot learn. */
import { type ErrorDetail, errorNameOf, errorNames, errorRow, type ErrorName, type Retry } from '../protocol/errors.ts'
import type { WireError } from './incoming.ts'

export class OxoError extends Error {
  /** Of the error table; `internal` for one that this version does not know: then `code` tells more. */
  override readonly name: ErrorName
  /** Of the error table: a JSON-RPC code, and ten times the HTTP status or more. */
  readonly code: number
  /** never: a definite no. refresh: look at the game again, then decide. same: the identical request may be repeated. */
  readonly retry: Retry
  /** What the server says beside: of a refused move the `version` and the `view` that it was refused at. */
  readonly detail: ErrorDetail

  constructor(name: ErrorName, message: string, options: Partial<Pick<OxoError, 'code' | 'retry' | 'detail'>> = {}) {
    super(message)
    const row = errorRow(name)
    this.name = name
    this.code = options.code ?? row.code
    this.retry = options.retry ?? row.retry
    this.detail = options.detail ?? {}
  }

  /** Reads the `error` of an answer. */
  static parse({ code, message, data }: WireError): OxoError {
    const { name, retry, ...detail } = data ?? {}
    const known = errorNames.find((each) => each === name) ?? errorNameOf(code) ?? 'internal'
    return new OxoError(known, message, { code, detail, ...(retry === undefined ? {} : { retry }) })
  }
}

/** The host itself has ended it: to ask the same again changes nothing. */
export function makeClosed(message: string): OxoError {
  return new OxoError('unavailable', message, { retry: 'never' })
}
