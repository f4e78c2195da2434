/** The client's only error type: a refusal by the server, or a request whose outcome the client cannot learn. */
import { type ErrorDetail, errorNameOf, errorNames, errorRow, type ErrorName, type Retry } from '../protocol/index.ts'
import type { WireError } from './incoming.ts'

export class OxoError extends Error {
  /** A name from the error table; `internal` for an error that this version does not know: see `code` then. */
  override readonly name: ErrorName
  /** The code from the error table: HTTP status × 10 + n, or one of the five negative codes of JSON-RPC. */
  readonly code: number
  /** never: do not repeat. refresh: read the game again, then decide. same: the identical request may be repeated. */
  readonly retry: Retry
  /** More data from the server; for a refused move, the `version` and the `view` at which it was refused. */
  readonly detail: ErrorDetail

  constructor(name: ErrorName, message: string, options: Partial<Pick<OxoError, 'code' | 'retry' | 'detail'>> = {}) {
    super(message)
    const row = errorRow(name)
    this.name = name
    this.code = options.code ?? row.code
    this.retry = options.retry ?? row.retry
    this.detail = options.detail ?? {}
  }

  /** Parses the `error` of an answer. */
  static parse({ code, message, data }: WireError): OxoError {
    const { name, retry, ...detail } = data ?? {}
    const known = errorNames.find((each) => each === name) ?? errorNameOf(code) ?? 'internal'
    return new OxoError(known, message, { code, detail, ...(retry === undefined ? {} : { retry }) })
  }
}

/** The host itself closed the client or the handle, so a repeat cannot succeed. */
export function makeClosed(message: string): OxoError {
  return new OxoError('unavailable', message, { retry: 'never' })
}
