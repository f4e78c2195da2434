/** Checks that HTTP/1.1 requires and Node does not do. */
import type { IncomingMessage } from 'node:http'
import { Fault } from '../../../protocol/index.ts'
import { StatusFault } from '../routes/route-context.ts'

/** @throws Fault 'not-understood' */
export function checkHeaders({ headers, headersDistinct, httpVersion }: IncomingMessage): void {
  const hosts = headersDistinct['host']?.length ?? 0
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1'))
    throw new Fault('not-understood', 'there must be exactly one Host header')
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    throw new StatusFault(417, new Fault('not-understood', 'Expect supports only 100-continue'))
}
