/** What HTTP/1.1 asks of every request, and Node leaves to us. */
import type { IncomingMessage } from 'node:http'
import { Fault } from '../../../protocol/index.ts'
import { StatusFault } from '../routes/route-context.ts'

/** @throws Fault 'not-understood' */
export function checkHeaders({ headers, headersDistinct, httpVersion }: IncomingMessage): void {
  const hosts = headersDistinct['host']?.length ?? 0
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) throw new Fault('not-understood', 'there must be one Host')
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    throw new StatusFault(417, new Fault('not-understood', 'nothing but 100-continue can be expected'))
}
