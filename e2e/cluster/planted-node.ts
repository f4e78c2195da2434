/**
 * A node with the planted bug named by `--plant`, if any, and some flags of `oxo serve`. The cluster tests must detect
 * it.
 */
import { parseArgs } from 'node:util'
import { silentLog, systemClock, systemRandom } from '../../src/base/index.ts'
import { openGateway } from '../../src/gateway/index.ts'
import { openJetStreamJournal } from '../../src/journal/jetstream/index.ts'
import { Service, silentMeter } from '../../src/service/index.ts'
import { NatsNodeBus } from '../../src/service/nats/index.ts'
import { openTokens } from '../../src/service/sessions/jwt-tokens.ts'
import { MemoryCatalogStore } from '../../src/service/history/memory-catalog-store.ts'
import { type PlantedBug, type PlantedBugName, plantedBugs } from '../lib/planted-bugs.ts'

const text = { type: 'string' } as const
const options = { plant: text, journal: text, host: text, port: text, 'abandon-ms': text } as const
const { values } = parseArgs({ strict: false, options })
const bug: PlantedBug | undefined = plantedBugs[String(values['plant']) as PlantedBugName]
const right = await openJetStreamJournal({ url: String(values['journal']) })
const exchange = new NatsNodeBus(right.connection, right.prefix)
const { 'abandon-ms': abandonMs = 120_000 } = values
const shared = {
  clock: systemClock,
  log: silentLog,
  limits: { requestsPerSecond: 0, connectionsPerAddress: 0, abandonMs: Number(abandonMs) },
}
const service = await Service.open({
  ...shared,
  journal: bug?.journal?.(right) ?? right,
  exchange: bug?.exchange?.(exchange) ?? exchange,
  random: systemRandom,
  meter: silentMeter,
  store: new MemoryCatalogStore(),
  tokens: openTokens({ keys: [{ id: 'planted', secret: Buffer.alloc(32, 'planted') }], clock: systemClock }),
  think: () => Promise.reject(new Error('nobody plays bots here')),
  version: 'oxo planted',
})
const { host = '127.0.0.1', port = 0 } = values
const { address } = await openGateway({ ...shared, service, host: String(host), port: Number(port) })
console.log(`listening on ${address.url}`)
