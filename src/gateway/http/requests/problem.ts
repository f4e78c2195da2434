/** Errors as `application/problem+json` (RFC 9457), also as a complete response for a bare socket. */
import { STATUS_CODES } from 'node:http'
import {
  type ErrorDetail,
  type ErrorName,
  errorRow,
  type Fault,
  httpStatus,
  type Retry,
} from '../../../protocol/index.ts'

export const problemType = 'application/problem+json'

/** The type is `about:blank`, so `title` is that of the status; `code` and `name` identify the error. */
export interface Problem extends ErrorDetail {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: number
  readonly name: ErrorName
  readonly retry: Retry
}

/** @param status a more specific HTTP status than the error's own. */
export function makeProblem(fault: Fault, status = httpStatus(fault.fault)): Problem {
  const { code, retry } = errorRow(fault.fault)
  const title = STATUS_CODES[status] ?? 'Error'
  return { type: 'about:blank', title, status, detail: fault.message, code, name: fault.fault, retry, ...fault.detail }
}

/** The Retry-After of a refusal, in whole seconds; undefined if waiting does not help. */
export function retryAfterOf({ detail: { retryAfterMs } }: Fault): string | undefined {
  return retryAfterMs === undefined ? undefined : String(Math.ceil(retryAfterMs / 1000))
}

/** A complete response for a bare socket; the caller closes the socket after it. */
export function makeRawProblem(fault: Fault, status?: number, headers: readonly string[] = []): string {
  const problem = makeProblem(fault, status)
  const body = JSON.stringify(problem)
  const retryAfter = retryAfterOf(fault)
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
    ...headers,
    '',
    body,
  ].join('\r\n')
}
