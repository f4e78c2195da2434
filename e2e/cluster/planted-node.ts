/** A node that acknowledges before it stores: takes the flags of `oxo serve`. The tests of the cluster must catch it. */
import { parseArgs } from 'node:util'
import { silentLog, systemClock, systemRandom } from '../../src/base/index.ts'
import { openGateway } from '../../src/gateway/index.ts'
import { openJetStreamJournal } from '../../src/journal/jetstream/index.ts'
import { Service, silentMeter } from '../../src/service/index.ts'
import { openTokens } from '../../src/service/jwt-tokens.ts'
import { MemoryCatalogStore } from '../../src/service/memory-catalog-store.ts'
import { plantedBugs } from '../planted-bugs.ts'

const { values } = parseArgs({ strict: false, options: { journal: { type: 'string' }, port: { type: 'string' } } })
const right = await openJetStreamJournal({ url: String(values['journal']) })
const shared = { clock: systemClock, log: silentLog, limits: { requestsPerSecond: 0, connectionsPerAddress: 0 } }
const service = await Service.open({
  ...shared,
  journal: plantedBugs['early-answer'].journal(right),
  random: systemRandom,
  meter: silentMeter,
  store: new MemoryCatalogStore(),
  tokens: openTokens({ keys: [{ id: 'planted', secret: Buffer.alloc(32, 'planted') }], clock: systemClock }),
  think: () => Promise.reject(new Error('nobody plays bots here')),
  version: 'oxo planted',
})
const { address } = await openGateway({ ...shared, service, host: '127.0.0.1', port: Number(values['port'] ?? 0) })
console.log(`listening on ${address.url}`)
