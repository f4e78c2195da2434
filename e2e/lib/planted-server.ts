/**
 * A server with the planted bug named by `--plant`, if any, and some flags of `oxo serve`. The tests with real processes
 * must detect it.
 */
import { parseArgs } from 'node:util'
import { noBug } from '../../sim/bugs.ts'
import { silentLog, systemClock, systemRandom } from '../../src/base/index.ts'
import { type Host, openGateway } from '../../src/gateway/index.ts'
import { withMethods, withSessions } from '../../src/gateway/testing/wrap-host.ts'
import { openJetStreamJournal } from '../../src/journal/jetstream/index.ts'
import { openSqliteJournal } from '../../src/journal/sqlite/index.ts'
import type { Connection, ServiceOptions, Session } from '../../src/service/index.ts'
import { NatsNodeBus } from '../../src/service/nats/index.ts'
import { openTestService } from '../../src/service/testing/service.ts'
import { type PlantedServerBug, type PlantedBugName, plantedBugs } from './planted-bugs.ts'

const text = { type: 'string' } as const
const options = { plant: text, journal: text, host: text, port: text, 'abandon-ms': text } as const
const { values } = parseArgs({ strict: false, options })
const { journal: place, host = '127.0.0.1', port = 0, 'abandon-ms': abandonMs = 120_000 } = values
const bug: PlantedServerBug = plantedBugs[String(values['plant']) as PlantedBugName] ?? noBug

async function openParts(url: string): Promise<Pick<ServiceOptions, 'journal' | 'exchange'>> {
  if (url.startsWith('sqlite:')) return { journal: await openSqliteJournal({ file: url.slice('sqlite:'.length) }) }
  const journal = await openJetStreamJournal({ url })
  return { journal, exchange: new NatsNodeBus(journal.connection, journal.prefix) }
}

const { journal: inner, exchange } = await openParts(String(place))
const journal = bug.journal?.(inner, () => systemClock.now()) ?? inner
const limits = { requestsPerSecond: 0, connectionsPerAddress: 0, abandonMs: Number(abandonMs) }
const parts = { journal, random: systemRandom, limits }
const joined = exchange === undefined ? parts : { ...parts, exchange: bug.exchange?.(exchange) ?? exchange }
const services = await Promise.all(Array.from({ length: bug.services ?? 1 }, () => openTestService(joined)))
const [first] = services
if (first === undefined) throw new Error('no service')
const wrapper = bug.protocol?.()
let turn = 0
const service = withSessions(first, (connection) =>
  openSession(services[turn++ % services.length] ?? first, connection),
)
const { address } = await openGateway({ service, log: silentLog, limits, host: String(host), port: Number(port) })
console.log(`listening on ${address.url}`)

/** Opens a session with the bug in front of it. */
function openSession(host: Host, connection: Connection): Session {
  let session: Session | null = null
  const changes = wrapper?.(connection, (inner) => (session = host.connect(inner)))
  return withMethods(session ?? host.connect(connection), changes ?? {})
}
