/** A server that lies: its journal acknowledges before it stores. The durability test must catch it. */
import { silentLog, systemClock, systemRandom } from '../src/base/index.ts'
import { openGateway } from '../src/gateway/index.ts'
import type { Appended, Journal } from '../src/journal/index.ts'
import { openSqliteJournal } from '../src/journal/sqlite/index.ts'
import { Service, silentMeter } from '../src/service/index.ts'
import { openTokens } from '../src/service/jwt-tokens.ts'
import { MemoryCatalogStore } from '../src/service/memory-catalog-store.ts'

/** How long an acknowledged entry is in memory only. */
const lieMs = 20

const [file = ''] = process.argv.slice(2)
const inner = await openSqliteJournal({ file })
const journal: Journal = {
  durability: inner.durability,
  append(game, after, body): Promise<Appended> {
    systemClock.after(lieMs, () => void inner.append(game, after, body))
    return Promise.resolve('stored')
  },
  read: (game, after) => inner.read(game, after),
  follow: (after, hear) => inner.follow(after, hear),
  close: () => inner.close(),
}
const shared = { clock: systemClock, log: silentLog }
const service = await Service.open({
  ...shared,
  journal,
  random: systemRandom,
  meter: silentMeter,
  store: new MemoryCatalogStore(),
  tokens: openTokens({ keys: [{ id: 'planted', secret: systemRandom.bytes(32) }], clock: systemClock }),
  think: () => Promise.reject(new Error('nobody plays bots here')),
  version: 'oxo planted',
  limits: { requestsPerSecond: 0 },
})
const { address } = await openGateway({ ...shared, service, host: '127.0.0.1', port: 0 })
console.log(`listening on ${address.url}`)
