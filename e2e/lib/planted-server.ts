/** A server with a planted bug: `planted-server.ts BUG FILE`. The tests with real processes must detect it. */
import { silentLog, systemClock, systemRandom } from '../../src/base/index.ts'
import { openGateway } from '../../src/gateway/index.ts'
import { openSqliteJournal } from '../../src/journal/sqlite/index.ts'
import { Service, silentMeter } from '../../src/service/index.ts'
import { openTokens } from '../../src/service/sessions/jwt-tokens.ts'
import { MemoryCatalogStore } from '../../src/service/history/memory-catalog-store.ts'
import { type PlantedBug, type PlantedBugName, plantedBugs } from './planted-bugs.ts'

const [name = '', file = ''] = process.argv.slice(2)
const bug: PlantedBug = plantedBugs[name as PlantedBugName]
const inner = await openSqliteJournal({ file })
const journal = bug.journal?.(inner) ?? inner
const shared = { clock: systemClock, log: silentLog }
const limits = { requestsPerSecond: 0, connectionsPerAddress: 0 }
const tokens = openTokens({ keys: [{ id: 'planted', secret: Buffer.alloc(32, 'planted') }], clock: systemClock })
const open = (): Promise<Service> =>
  Service.open({
    ...shared,
    journal,
    random: systemRandom,
    meter: silentMeter,
    store: new MemoryCatalogStore(),
    tokens,
    think: () => Promise.reject(new Error('nobody plays bots here')),
    version: 'oxo planted',
    limits,
  })
const services = await Promise.all(Array.from({ length: bug.services ?? 1 }, open))
const [service] = services
if (service === undefined) throw new Error('no service')
const host = bug.host?.(services) ?? service
const { address } = await openGateway({ ...shared, service: host, host: '127.0.0.1', port: 0, limits })
console.log(`listening on ${address.url}`)
