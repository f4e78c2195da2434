/** A server that reads for everybody at once, however much was asked: the test of floods must notice. */
import { openSqliteJournal } from '../src/journal/sqlite/index.ts'
import { limits } from '../src/protocol/index.ts'
import { openHouse } from './lib/server-in-process.ts'

const [file = ''] = process.argv.slice(2)
const many = 1_000_000
const { connectionsPerAddress } = limits

// No rate, and no budget for what is read.
const { gateway } = await openHouse({
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
