/** A server without a limit on concurrent reads. The test of floods must detect it. */
import { openSqliteJournal } from '../src/journal/sqlite/index.ts'
import { limits } from '../src/protocol/index.ts'
import { openTestServer } from './lib/server-in-process.ts'

const [file = ''] = process.argv.slice(2)
const many = 1_000_000
const { connectionsPerAddress } = limits

// No rate limit, and no limits on concurrent reads.
const { gateway } = await openTestServer({
  journal: await openSqliteJournal({ file }),
  limits: {
    connectionsPerAddress,
    readsAtOnce: many,
    readsPerAddress: many,
    recordsAtOnce: many,
    recordsPerAddress: many,
  },
})
console.log(`listening on ${gateway.address.url}`)
