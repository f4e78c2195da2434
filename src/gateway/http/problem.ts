/** Errors as `application/problem+json` (RFC 9457), and the whole answer where no handler could make one. */
import { STATUS_CODES } from 'node:http'
import { errorRow, type Fault, httpStatus } from '../../protocol/index.ts'

export const problemType = 'application/problem+json'

/** `status`: where HTTP has a better one than the error's own. */
export function makeProblem(fault: Fault, status = httpStatus(fault.fault)): object {
  const { code, retry } = errorRow(fault.fault)
  return {
    // The type is the status; what it says beyond that is in code and name.
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: fault.message,
    code,
    name: fault.fault,
    retry,
    ...fault.detail,
  }
}

/** A problem as bytes for a bare socket, which is to be closed after it. */
export function makeRawProblem(fault: Fault, status?: number): string {
  const body = JSON.stringify(makeProblem(fault, status))
  const code = status ?? httpStatus(fault.fault)
  return [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
