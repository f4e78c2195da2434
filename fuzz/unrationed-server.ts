/** A server without a limit on concurrent reads, each of which blocks the loop. The test of floods must detect it. */
import { openSqliteJournal } from '../src/journal/sqlite/index.ts'
import { limits } from '../src/protocol/index.ts'
import { openTestServer } from '../src/gateway/testing/server.ts'

const [file = ''] = process.argv.slice(2)
const many = 1_000_000
const blockingMs = 5
const { connectionsPerAddress } = limits

const journal = await openSqliteJournal({ file })
const read = journal.read.bind(journal)
// As a read does that waits for a disk on the loop.
journal.read = (...query) => {
  for (const end = performance.now() + blockingMs; performance.now() < end;);
  return read(...query)
}

// No rate limit, and no limits on concurrent reads.
const { gateway } = await openTestServer({
  service: { journal },
  limits: {
    connectionsPerAddress,
    readsAtOnce: many,
    readsPerAddress: many,
    recordsAtOnce: many,
    recordsPerAddress: many,
  },
})
console.log(`listening on ${gateway.address.url}`)
