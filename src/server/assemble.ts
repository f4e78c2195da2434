/** The composition root: what a server is made of, and the order in which it opens and closes. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Clock, type Log, systemRandom } from '../base/index.ts'
import { Metrics, openGateway, type PageFolder, readPages } from '../gateway/index.ts'
import type { Limits } from '../protocol/index.ts'
import { Service } from '../service/index.ts'
import { openTokens } from '../service/sessions/jwt-tokens.ts'
import { Bots } from './bots.ts'
import type { Pair, Renewal, RenewalOptions } from './certificate.ts'
import { codeOf, stopOfFile } from './files.ts'
import { StatusOfNode } from './node-status.ts'
import type { Server } from './open.ts'
import type { ServerSettings } from './settings.ts'
import type { Storage } from './storage.ts'
import { sentenceOf, Stop } from './stop.ts'
import { version } from './version.ts'

export interface ServerParts extends Pick<
  ServerSettings,
  'host' | 'port' | 'allowOrigin' | 'trustProxy' | 'pages' | 'drainNotice'
> {
  /** Becomes the server's, unless this throws: then it is closed. */
  readonly storage: Storage
  readonly certificate: ServerCertificate | undefined
  readonly limits: Limits
  readonly log: Log
  readonly clock: Clock
}

export interface ServerCertificate {
  readonly pair: Pair
  /** From now on it is read again when it changes. */
  readonly keep: (options: Omit<RenewalOptions, 'files' | 'pair'>) => Renewal
}

/** How soon a client may come back to a server that restarts; in a cluster another node takes it at once. */
const reconnectInMs = { alone: 1_000, inCluster: 200 }

/** Where the package has its pages, the same from the sources and from what is built of them. */
const ownPages = fileURLToPath(new URL('../../dist/web', import.meta.url))

/**
 * @throws the system's error when the port cannot be had; Fault or JournalFault when the storage cannot be used; Stop
 * when the pages cannot.
 */
export async function assemble(parts: ServerParts): Promise<Server> {
  const { storage, limits, log, clock } = parts
  const { journal } = storage
  const bots = new Bots(systemRandom)
  const metrics = new Metrics()
  await using opened = new AsyncDisposableStack()
  opened.defer(() => journal.close())
  // What a cluster shares ends with its connection.
  if (typeof storage.catalog !== 'function') opened.adopt(storage.catalog, (catalog) => catalog.close())
  opened.defer(() => bots.close())
  const pages = openPages(parts)
  const service = await Service.open({
    journal,
    log,
    limits,
    clock,
    random: systemRandom,
    tokens: openTokens({ keys: storage.keys, clock, lifeMs: limits.tokenMs }),
    store: storage.catalog,
    ...(storage.exchange === undefined ? {} : { exchange: storage.exchange }),
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
  // What this loads is not needed to begin.
  clock.after(0, () => metrics.watchProcess())

  // What was opened last closes first: nobody is answered by what is closed already.
  const held = opened.move()
  const close = once(() => held.disposeAsync())
  const failed = storage.failed.then(({ message }) => message)
  const told = { durability: journal.durability, journal: storage.place, hasPages: pages !== undefined, failed }
  const renewCertificate = async (): Promise<void> => renewal?.renew()
  return { ...gateway.address, ...told, close, renewCertificate, [Symbol.asyncDispose]: close }
}

/** What may be told to everybody: no path of this machine. */
function placeOf({ place, joinCluster }: Storage): string {
  return joinCluster === undefined && place !== 'memory' ? 'a file of its own' : place
}

/** Undefined: none are wanted, or the package's own are not built. @throws Stop */
function openPages({ pages, limits }: ServerParts): PageFolder | undefined {
  if (pages === false || (pages === undefined && !existsSync(ownPages))) return undefined
  try {
    return readPages(pages ?? ownPages, limits.pagesBytesMax)
  } catch (cause) {
    if (codeOf(cause) !== null) throw stopOfFile(pages ?? ownPages, cause)
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
