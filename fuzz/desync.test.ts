/** Requests that two HTTP parsers could split differently, sent to the real server and to a lenient one. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { recordFinding } from '../e2e/lib/record.ts'
import { vectors } from '../src/gateway/testing/desync-vectors.ts'
import { openTestServer } from '../src/gateway/testing/server.ts'
import { talk } from './lib/raw-conversation.ts'
import type { Endpoint } from '../src/conformance/endpoint.ts'

/** Returns the vectors that did not get exactly one refusal and the end of the connection. */
async function failures(place: Endpoint, timeoutMs: number): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const [title, bytes] of Object.entries(vectors)) {
    const { got, isOver } = await talk(place, Buffer.from(bytes), { ends: false, timeoutMs })
    const statuses = got.toString('latin1').match(/HTTP\/1\.1 \d+/g) ?? []
    if (!isOver || statuses.length !== 1 || !/ 4\d\d$/.test(statuses[0] ?? ''))
      wrong.push(`${title}: ${statuses.join(', ')}${isOver ? '' : ', and the connection stays open'}`)
  }
  return wrong
}

test(`[W16] ${Object.keys(vectors).length} requests with two readings: one refusal, the end, and no move`, async () => {
  await using server = await openTestServer()
  assert.deepEqual(await failures(server, 10_000), [])
  assert.equal((await server.service.shared.journal.read('main')).length, 1)
  recordFinding('desync', {
    promise: 'a request with two readings (CL and TE, two lengths, bare LF, folding …) gets one refusal, and the end',
    test: 'fuzz/desync.test.ts',
    figure: `${Object.keys(vectors).length} requests, 0 answered otherwise, 0 moves`,
    command: 'node --test fuzz/desync.test.ts',
  })
})

test('a server with a lenient HTTP parser is detected', async () => {
  const server = createServer({ insecureHTTPParser: true, requireHostHeader: false }, (request, response) => {
    request.resume()
    request.on('end', () => response.end('ok'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  server.keepAliveTimeout = 100
  const wrong = await failures({ host: '127.0.0.1', port: address.port }, 200)
  server.closeAllConnections()
  server.close()
  assert.ok(wrong.length > 0)
  recordFinding('desync', {
    planted: 'a lenient parser, and connections that stay open after a refusal',
    caughtAfter: `${Object.keys(vectors).length} requests, ${wrong.length} of them wrong`,
  })
})
