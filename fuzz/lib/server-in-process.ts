/** A complete server in this process on a free port: the real gateway and service, with a journal in memory. */
import { type Clock, type Log, type Random, seededRandom, systemClock, VirtualClock } from '../../src/base/index.ts'
import { type Gateway, openGateway } from '../../src/gateway/index.ts'
import type { Host } from '../../src/gateway/index.ts'
import { type Journal, MemoryJournal } from '../../src/journal/index.ts'
import { nodeChain } from '../../src/journal/sqlite/node-chain.ts'
import type { Limits } from '../../src/protocol/index.ts'
import { Service, silentMeter } from '../../src/service/index.ts'
import { openTokens } from '../../src/service/sessions/jwt-tokens.ts'
import { MemoryCatalogStore } from '../../src/service/history/memory-catalog-store.ts'
import { firstFree } from '../../src/service/testing/play.ts'

export interface TestServerOptions {
  readonly limits?: Partial<Limits>
  /** False: the service's clock does not advance, so that tokens and clocks are the same in every run. */
  readonly isLive?: boolean
  readonly random?: Random
  /** By default a journal in memory. */
  readonly journal?: Journal
  /** Wraps the service before the gateway gets it. */
  readonly wrap?: (host: Host) => Host
  readonly allowedOrigins?: readonly string[]
}

export interface TestServer extends AsyncDisposable {
  readonly gateway: Gateway
  readonly service: Service
  readonly host: string
  readonly port: number
  /** Takes the log lines since the last call, as JSON. */
  takeLog(): readonly string[]
}

const wallOrigin = 1_790_000_000_000

/** Opens a server without limits on connections per address and rates, unless the options set them. */
export async function openTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const clock: Clock = options.isLive === false ? new VirtualClock(wallOrigin) : systemClock
  const limits = { connectionsPerAddress: 0, requestsPerSecond: 0, ...options.limits }
  const logged: string[] = []
  const log = makeLog(logged)
  const service = await Service.open({
    journal: options.journal ?? new MemoryJournal({ chain: nodeChain, id: 'fuzz' }),
    clock,
    random: options.random ?? seededRandom(1952),
    log,
    meter: silentMeter,
    store: new MemoryCatalogStore(),
    tokens: openTokens({ keys: [{ id: 'fuzz', secret: new Uint8Array(32).fill(7) }], clock }),
    think: firstFree,
    version: 'oxo fuzz',
    limits,
  })
  const { wrap = (host) => host, allowedOrigins = [] } = options
  const gateway = await openGateway({
    service: wrap(service),
    host: '127.0.0.1',
    port: 0,
    log,
    clock: systemClock,
    limits,
    allowedOrigins,
  })
  const { host, port } = gateway.address
  return {
    gateway,
    service,
    host,
    port,
    takeLog: () => logged.splice(0),
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await service.close()
    },
  }
}

function makeLog(logged: string[]): Log {
  const write = (fields: object, event: string): void => void logged.push(JSON.stringify({ ...fields, msg: event }))
  return { debug: write, info: write, warn: write, error: write }
}
