/** The storage of a server: the journal, the catalog next to it, and the token keys. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '../base/index.ts'
import { type Journal, JournalFault, MemoryJournal } from '../journal/index.ts'
import type { Cluster } from '../journal/jetstream/index.ts'
import { openSqliteJournal, realPath } from '../journal/sqlite/index.ts'
import { Fault } from '../protocol/index.ts'
import {
  type CatalogStore,
  MemorySubscriptionStore,
  type NodeBus,
  type OpenCatalog,
  type SubscriptionStore,
} from '../service/index.ts'
import type { TokenKey } from '../service/sessions/jwt-tokens.ts'
import type { SqliteCatalogOptions } from '../service/sqlite/index.ts'
import { isClusterJournal, loadJetStream, openClusterJournal, withoutSecret } from './cluster-journal.ts'
import { makeTokenKey, openTokenKeys, parseSecrets, placeOfKeys, whyOpen } from './token-keys.ts'
import type { ServerSettings } from './settings.ts'
import { holdHeapSmall } from './small-heap.ts'
import { sentenceOf, Stop } from './stop.ts'

export interface Storage {
  readonly journal: Journal
  /** The catalog of this server, or the function that opens the shared catalog of its cluster. */
  readonly catalog: CatalogStore | OpenCatalog
  readonly keys: readonly TokenKey[]
  /** Opens the store of the devices that get notifications. */
  readonly openSubscriptions: () => Promise<SubscriptionStore>
  /** Messages between the nodes of a cluster; absent without a cluster. */
  readonly exchange?: NodeBus
  /** Where the journal is, for people. */
  readonly place: string
  /** Joins the cluster; `describe` returns the answer of this node to a roll call. Absent without a cluster. */
  readonly joinCluster?: (describe: () => Promise<string>) => Cluster
  /** Resolves with the reason when the journal has failed for good; the process should stop. */
  readonly failed: Promise<JournalFault>
}

export interface StorageOptions extends Omit<ServerSettings, 'port' | 'host'> {
  /** Secrets to use instead of the key file. */
  readonly secret?: string | undefined
  readonly log: Log
}

// Each module is loaded only if it is needed.
const loadSqliteCatalog = () => import('../service/sqlite/index.ts')
const loadMemoryCatalog = () => import('../service/catalog/memory-catalog-store.ts')

/** @throws Stop */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { journal, durability = 'disk', secret, log } = options
  const keys = secret === undefined || secret === '' ? null : parseSecrets(secret)
  if (journal === 'memory' && options.durability !== undefined)
    throw new Stop(
      'usage',
      `--durability ${durability} is not available with --journal memory: it keeps nothing after the end of the process.`,
    )
  if (journal === 'memory') return openMemory(keys)
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(journal)?.[1]
  const isCluster = isClusterJournal(journal)
  if (file === undefined && !isCluster)
    throw new Stop(
      'usage',
      `--journal ${journal}: name a file as sqlite:FILE, servers as nats://HOST:PORT, or memory to keep nothing.`,
    )
  if (durability === 'quorum' && !isCluster)
    throw new Stop(
      'usage',
      '--durability quorum needs several machines: --journal nats://HOST:PORT,HOST:PORT,HOST:PORT.',
    )
  try {
    if (file === undefined || durability === 'quorum') return await openCluster(options, keys)
    return await openFiles(file, { durability, keys, log })
  } catch (cause) {
    const denied = file === undefined ? null : await explainDenied(file, cause)
    if (denied !== null) throw denied
    if (cause instanceof JournalFault || cause instanceof Fault)
      throw new Stop('failed', sentenceOf(cause.message), { cause })
    throw cause
  }
}

/** Null if the file permissions are not the cause. */
async function explainDenied(file: string, cause: unknown): Promise<Stop | null> {
  if (cause instanceof JournalFault && cause.fault !== 'unavailable') return null
  const { whyNotPlace } = await import('./denied.ts')
  const why = whyNotPlace(file)
  return why === null ? null : new Stop('failed', why, { cause })
}

async function openMemory(keys: readonly TokenKey[] | null): Promise<Storage> {
  const { MemoryCatalogStore } = await loadMemoryCatalog()
  return {
    journal: new MemoryJournal(),
    catalog: new MemoryCatalogStore(),
    keys: keys ?? [makeTokenKey()],
    openSubscriptions: () => Promise.resolve(new MemorySubscriptionStore()),
    place: 'memory',
    failed: Promise.withResolvers<JournalFault>().promise,
  }
}

interface FileOptions {
  readonly durability: 'disk' | 'process'
  readonly keys: readonly TokenKey[] | null
  readonly log: Log
}

/**
 * A node stores nothing itself: the catalog belongs to the cluster, and its tokens must be valid on every other node.
 * @throws Stop, JournalFault, Fault
 */
async function openCluster(options: StorageOptions, keys: readonly TokenKey[] | null): Promise<Storage> {
  const { journal: url, log } = options
  if (keys === null)
    throw new Stop(
      'usage',
      'OXO_SECRET is not set: set the same secret on every node of the cluster, so that each accepts the tokens of all.',
    )
  const journal = await openClusterJournal(options)
  if (journal.partitions.some(({ replicas }) => replicas === 1))
    log.warn({ journal: journal.prefix }, 'games are stored on one NATS server only: if it is lost, so are they')
  try {
    const { NatsNodeBus, openNatsProjectionStore, openNatsSubscriptionStore, shareProjection } =
      await import('../service/nats/index.ts')
    const exchange = new NatsNodeBus(journal.connection, journal.prefix)
    const hasSharedCatalog = journal.partitions.every(({ takesBatches }) => takesBatches)
    const catalog = hasSharedCatalog
      ? shareProjection(await openNatsProjectionStore(journal), holdHeapSmall)
      : await openOwnCatalog(log)
    const { Cluster: OpenCluster } = await loadJetStream()
    const joinCluster = (describe: () => Promise<string>): Cluster => {
      const cluster = new OpenCluster(journal, describe)
      void cluster.spreadLeaders()
      return cluster
    }
    const openSubscriptions = () => openNatsSubscriptionStore(journal)
    return {
      journal,
      catalog,
      keys,
      openSubscriptions,
      exchange,
      place: withoutSecret(url),
      joinCluster,
      failed: journal.failed,
    }
  } catch (cause) {
    await journal.close()
    const { explainDenied } = await loadJetStream()
    throw explainDenied(cause) ?? cause
  }
}

/** NATS servers without atomic batches cannot store the shared catalog, so each node builds its own and deletes it at its end. */
async function openOwnCatalog(log: Log): Promise<CatalogStore> {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-node-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return openCatalogFile({ file: join(folder, 'catalog'), log })
}

/**
 * Opens the journal first: the lock on its file also protects the files next to it. The catalog thread starts at the same
 * time and waits for the journal.
 */
async function openFiles(name: string, { durability, keys, log }: FileOptions): Promise<Storage> {
  // The other files are next to the real file, not next to a link to it.
  const file = realPath(name)
  const opening = openSqliteJournal({
    file,
    durability,
    onDamage: (what) => log.error({ reason: what }, 'journal is damaged'),
  })
  const [journal, catalog, found] = await Promise.allSettled([
    opening,
    openCatalogFile({ file: `${file}.catalog`, log, behind: opening }),
    opening.then(() => keys ?? openOwnKeys(placeOfKeys(file, name), log)),
  ])
  if (journal.status === 'fulfilled' && catalog.status === 'fulfilled' && found.status === 'fulfilled')
    return {
      journal: journal.value,
      catalog: catalog.value,
      keys: found.value,
      openSubscriptions: () => openSubscriptionFile(`${file}.push`, log),
      place: file,
      failed: journal.value.failed,
    }
  if (catalog.status === 'fulfilled') await catalog.value.close()
  if (journal.status === 'fulfilled') await journal.value.close()
  // A failed journal makes the others fail too, so its error comes first.
  throw [journal, catalog, found].find((one) => one.status === 'rejected')?.reason
}

function openOwnKeys(file: string, log: Log): readonly TokenKey[] {
  const keys = openTokenKeys(file)
  const why = whyOpen(file)
  if (why !== null) log.warn({ file }, why)
  return keys
}

async function openSubscriptionFile(file: string, log: Log): Promise<SubscriptionStore> {
  const { SqliteSubscriptionStore } = await loadSqliteCatalog()
  return new SqliteSubscriptionStore({ file, log })
}

async function openCatalogFile(options: SqliteCatalogOptions): Promise<CatalogStore> {
  const { openSqliteCatalogStore } = await loadSqliteCatalog()
  return openSqliteCatalogStore(options)
}
