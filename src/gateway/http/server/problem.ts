/** Errors as `application/problem+json` (RFC 9457), and the whole answer where no handler could make one. */
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

/** The status is the problem's type; what it says beyond that is in code and name. */
export interface Problem extends ErrorDetail {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: number
  readonly name: ErrorName
  readonly retry: Retry
}

/** `status`: where HTTP has a better one than the error's own. */
export function makeProblem(fault: Fault, status = httpStatus(fault.fault)): Problem {
  const { code, retry } = errorRow(fault.fault)
  const title = STATUS_CODES[status] ?? 'Error'
  return { type: 'about:blank', title, status, detail: fault.message, code, name: fault.fault, retry, ...fault.detail }
}

/** What Retry-After says of a refusal: whole seconds. Undefined where waiting does not help. */
export function retryAfterOf({ detail: { retryAfterMs } }: Fault): string | undefined {
  return retryAfterMs === undefined ? undefined : String(Math.ceil(retryAfterMs / 1000))
}

/** A problem as bytes for a bare socket, which is to be closed after it. */
export function makeRawProblem(fault: Fault, asked?: number, headers: readonly string[] = []): string {
  const problem = makeProblem(fault, asked)
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
