/** The composition root: creates the parts of a server, and opens and closes them in order. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Clock, type Log, systemRandom } from '../base/index.ts'
import { errorCode } from '../base/node/index.ts'
import { Metrics, openGateway, type PageFolder, readPages } from '../gateway/index.ts'
import type { Durability } from '../journal/index.ts'
import type { Limits } from '../protocol/index.ts'
import { type PushParts, Service } from '../service/index.ts'
import { openTokens } from '../service/sessions/jwt-tokens.ts'
import { Bots } from './bots.ts'
import type { CertificatePair, Renewal, RenewalOptions } from './certificate.ts'
import { stopOfFile } from './files.ts'
import { StatusOfNode } from './node-status.ts'
import type { ServerSettings } from './settings.ts'
import type { Storage } from './storage.ts'
import { sentenceOf, Stop } from './stop.ts'
import { version } from './version.ts'

export interface ServerParts extends Pick<
  ServerSettings,
  'host' | 'port' | 'allowOrigin' | 'trustProxy' | 'pages' | 'push' | 'pushService' | 'pushContact' | 'drainNotice'
> {
  /** The server takes ownership. If `assemble` throws, it closes the storage. */
  readonly storage: Storage
  readonly certificate: ServerCertificate | undefined
  readonly limits: Limits
  readonly log: Log
  readonly clock: Clock
}

export interface ServerCertificate {
  readonly pair: CertificatePair
  /** Starts to reload the files when they change. */
  readonly keep: (options: Omit<RenewalOptions, 'files' | 'pair'>) => Renewal
}

export interface Server extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly url: string
  readonly durability: Durability
  /** The file of the journal, or 'memory', for people. */
  readonly journal: string
  /** Whether the server has pages for browsers. */
  readonly hasPages: boolean
  /** Resolves with a sentence when the journal has failed for good: close the server and end the process. */
  readonly failed: Promise<string>
  /** Drains: answers pending requests, tells clients when to reconnect, closes the journal last. Idempotent. */
  close(): Promise<void>
  /** Reads the certificate again; resolves when it is in use or was found invalid. Does nothing without TLS. */
  renewCertificate(): Promise<void>
}

/** When a client should reconnect after this server closes, in ms; in a cluster another node accepts it at once. */
const reconnectInMs = { alone: 1_000, inCluster: 200 }

/** The folder of the package's own pages. The path is the same from `src` and from `dist`. */
const ownPages = fileURLToPath(new URL('../../dist/web', import.meta.url))

/**
 * Opens the server.
 * @throws the error of the system if the port is not available; Fault or JournalFault if the storage is not usable; Stop
 * if the pages are not.
 */
export async function assemble(parts: ServerParts): Promise<Server> {
  const { storage, limits, log, clock } = parts
  const { journal } = storage
  const bots = new Bots(systemRandom)
  const metrics = new Metrics()
  await using opened = new AsyncDisposableStack()
  opened.defer(() => journal.close())
  // A catalog that the cluster shares closes with its connection.
  if (typeof storage.catalog !== 'function') opened.adopt(storage.catalog, (catalog) => catalog.close())
  opened.defer(() => bots.close())
  const pages = openPages(parts)
  const push = parts.push ? await openPush(parts) : undefined
  const service = await Service.open({
    journal,
    log,
    limits,
    clock,
    random: systemRandom,
    tokens: openTokens({ keys: storage.keys, clock, lifeMs: limits.tokenMs }),
    store: storage.catalog,
    ...(storage.exchange === undefined ? {} : { exchange: storage.exchange }),
    ...(push === undefined ? {} : { push }),
    think: bots.think,
    meter: metrics,
    version: `oxo ${version}`,
    isAlone: storage.joinCluster === undefined,
  })
  opened.defer(() => service.close())
  const status = new StatusOfNode({
    service,
    metrics,
    version,
    clock,
    durability: journal.durability,
    journal: placeOf(storage),
    keys: storage.keys.map(({ id }) => id),
  })
  opened.defer(() => status.close())
  if (storage.joinCluster !== undefined)
    status.joins(storage.joinCluster(async () => JSON.stringify(await status.node())))
  const protocol = { ...protocolOf(parts, pages), limits, status }
  const gateway = await openGateway({ ...protocol, log, clock, service, metrics })
  status.listensAt(gateway.address.url)
  const renewal = parts.certificate?.keep({ clock, log, use: (pair) => gateway.renew(pair) })
  opened.defer(() => renewal?.close())
  const awayMs = storage.joinCluster === undefined ? reconnectInMs.alone : reconnectInMs.inCluster
  opened.defer(() => gateway.drain('the server is closing', awayMs))
  // Deferred because the server does not need these modules to start.
  clock.after(0, () => metrics.watchProcess())

  // Parts close in reverse order, so that no open part uses a closed one.
  const resources = opened.move()
  const close = once(() => resources.disposeAsync())
  const failed = storage.failed.then(({ message }) => message)
  const about = { durability: journal.durability, journal: storage.place, hasPages: pages !== undefined, failed }
  const renewCertificate = async (): Promise<void> => renewal?.renew()
  return { ...gateway.address, ...about, close, renewCertificate, [Symbol.asyncDispose]: close }
}

async function openPush({ storage, limits, log, clock, pushService, pushContact }: ServerParts): Promise<PushParts> {
  const { HttpPushSender, pushServices } = await import('./push/index.ts')
  const services = [...pushServices, ...pushService]
  const options = { keys: storage.keys, contact: pushContact, timeoutMs: limits.pushTimeoutMs }
  return { store: await storage.openSubscriptions(), sender: new HttpPushSender({ ...options, services, clock, log }) }
}

/** A description of the storage for public status pages: it names no path of this machine. */
function placeOf({ place, joinCluster }: Storage): string {
  return joinCluster === undefined && place !== 'memory' ? 'a file of its own' : place
}

/** Undefined if pages are disabled, or if the package's own pages are not built. @throws Stop */
function openPages({ pages, limits }: ServerParts): PageFolder | undefined {
  if (pages === false || (pages === undefined && !existsSync(ownPages))) return undefined
  try {
    return readPages(pages ?? ownPages, limits.pagesBytesMax)
  } catch (cause) {
    if (errorCode(cause) !== null) throw stopOfFile(pages ?? ownPages, cause)
    throw new Stop('failed', sentenceOf(cause instanceof Error ? cause.message : String(cause)), { cause })
  }
}

function protocolOf(
  { host, port, allowOrigin, trustProxy, certificate, drainNotice }: ServerParts,
  pages: PageFolder | undefined,
) {
  const optional = {
    ...(certificate === undefined ? {} : { tls: certificate.pair }),
    ...(pages === undefined ? {} : { pages }),
  }
  const drainNoticeMs = drainNotice * 1_000
  return { host, port, drainNoticeMs, allowedOrigins: allowOrigin, trustedProxies: trustProxy, ...optional }
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= run())
}
