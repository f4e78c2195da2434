/** The composition root: what a server is made of, and the order in which it opens and closes. */
import { readFileSync } from 'node:fs'
import { type Log, silentLog, systemClock, systemRandom } from '../base/index.ts'
import { openGateway, Metrics } from '../gateway/index.ts'
import type { Durability } from '../journal/index.ts'
import { limits, type Limits } from '../protocol/index.ts'
import { Service } from '../service/index.ts'
import { openTokens } from '../service/jwt-tokens.ts'
import { Bots } from './bots.ts'
import { serveDefaults, type ServeSettings } from './serve-options.ts'
import { openStorage } from './storage.ts'
import { Stop } from './stop.ts'
import { version } from './version.ts'

export interface ServerOptions extends Partial<ServeSettings> {
  /** Keys of the tokens, separated by commas; by default a file beside the journal. */
  readonly secret?: string | undefined
  readonly log?: Log
  /** For tests: what else differs from the table. */
  readonly limits?: Partial<Limits>
}

export interface Server extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly url: string
  readonly durability: Durability
  /** For people: the journal's file, or 'memory'. */
  readonly journal: string
  /** Resolves with a sentence when the journal takes nothing more: the server should be closed, the process ended. */
  readonly failed: Promise<string>
  /** Lets everybody out: answers what is pending, says when to come back, closes the journal last. Idempotent. */
  close(): Promise<void>
}

/** How soon a client may come back to a server that restarts. */
const reconnectInMs = 1_000

/** @throws Stop with a sentence that says what to do. */
export async function openServer(options: ServerOptions = {}): Promise<Server> {
  const settings = { ...serveDefaults, ...options }
  const { host, port, allowOrigin, pages, log = silentLog } = settings
  const tls = readTls(settings)
  const own: Limits = { ...limits, ...limitsOf(settings), ...options.limits }
  const storage = await openStorage({ ...settings, log })
  const { journal, catalog } = storage
  const bots = new Bots(systemRandom)
  const metrics = new Metrics()
  metrics.watchProcess()
  const shared = { log, limits: own, clock: systemClock }
  try {
    const service = await Service.open({
      ...shared,
      journal,
      random: systemRandom,
      tokens: openTokens({ keys: storage.keys, clock: systemClock, lifeMs: own.tokenMs }),
      store: catalog,
      think: bots.think,
      meter: metrics,
      version: `oxo ${version}`,
    })
    const door = { host, port, allowedOrigins: allowOrigin, ...(tls && { tls }), ...(pages !== undefined && { pages }) }
    const gateway = await openGateway({ ...shared, ...door, service, metrics }).catch(async (cause: unknown) => {
      await service.close()
      throw cause
    })
    const close = once(async () => {
      await gateway.drain('the server is closing', reconnectInMs)
      await service.close()
      await journal.close()
      await bots.close()
    })
    const failed = storage.failed.then(({ message }) => message)
    const told = { durability: journal.durability, journal: storage.place, failed }
    return { ...gateway.address, ...told, close, [Symbol.asyncDispose]: close }
  } catch (cause) {
    await journal.close()
    throw stopOf(cause, settings)
  }
}

function limitsOf({ rateLimit, connectionsPerAddress }: ServeSettings): Partial<Limits> {
  const burst = (limits.requestBurst / limits.requestsPerSecond) * rateLimit
  return { requestsPerSecond: rateLimit, requestBurst: burst, connectionsPerAddress }
}

function readTls({ tlsCert, tlsKey }: ServeSettings): { readonly cert: Buffer; readonly key: Buffer } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) throw new Stop('usage', 'TLS needs both --tls-cert and --tls-key.')
  try {
    return { cert: readFileSync(tlsCert), key: readFileSync(tlsKey) }
  } catch (cause) {
    throw new Stop('failed', `The certificate or its key cannot be read: ${messageOf(cause)}.`, { cause })
  }
}

/** Why the port could not be had, and what to do. */
function stopOf(cause: unknown, { host, port }: ServeSettings): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause
  switch (cause.code) {
    case 'EADDRINUSE':
      return new Stop('failed', `Port ${port} is in use: stop what listens there, or choose another with --port.`, {
        cause,
      })
    case 'EACCES':
      return new Stop('failed', `Port ${port} may not be used by you: choose one above 1023 with --port.`, { cause })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Stop('failed', `${host} is no address of this machine: choose one with --host.`, { cause })
    default:
      return String(cause.code).startsWith('ERR_OSSL')
        ? new Stop('failed', `The certificate or its key is not understood: ${cause.message}.`, { cause })
        : cause
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= run())
}
