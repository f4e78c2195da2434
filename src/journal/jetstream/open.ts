/** Opens the journal of a cluster: connects, and refuses servers that cannot provide the guarantees of a journal. */
import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { makeId, systemClock, systemRandom } from '../../base/index.ts'
import { type Durability, JournalFault } from '../journal.ts'
import type { Credentials } from './credentials.ts'
import { ClusterJournal } from './cluster-journal.ts'
import { type NatsAddress, connectTo } from './connect.ts'
import { JetStreamJournal } from './jetstream-journal.ts'
import { durabilityOf } from './durability.ts'
import { answerMsMax, payloadBytesMin, retryMs, startMsMax } from './limits.ts'
import { explainDenied, whenDenied } from './permissions.ts'
import { openStreams } from './streams.ts'

export interface JetStreamJournalOptions extends Credentials {
  /** nats://HOST:PORT,HOST:PORT/NAME, or tls://. The name, `oxo` by default, identifies a journal on the servers. */
  readonly url: string
  /** Default: the level that the servers provide. See {@link durabilityOf}. */
  readonly durability?: Durability | undefined
  /** Copies of every entry, each on another server; 3 by default. */
  readonly replicas?: number | undefined
  /** The number of streams that the games are spread over. It never changes. Default: as many as exist, or one. */
  readonly partitions?: number | undefined
  /** Whether to create a missing journal; true by default. */
  readonly makes?: boolean | undefined
  readonly monitors?: readonly string[] | undefined
  /** Accepts servers older than {@link versionMin}. Each acknowledgement is then checked against the stream. */
  readonly allowOld?: boolean | undefined
  /** Whether to check acknowledgements against the stream. Default: only for servers that may send wrong ones. */
  readonly checksAcks?: boolean | undefined
}

/** The first release whose compare-and-append was correct in every race that was tested. */
const versionMin = [2, 12] as const
/** The first release with metadata of streams. */
const versionOfMetadata = [2, 10] as const
/** The first release with batched reads. */
const versionOfBatches = [2, 11] as const

/** @throws JournalFault 'unavailable' with a message that says what to do, and names options in backquotes: `tls.ca`. */
export async function openJetStreamJournal(options: JetStreamJournalOptions): Promise<ClusterJournal> {
  const { servers, name, isTls, user } = parseUrl(options.url)
  const connection = await connectTo(options, { servers, isTls, user })
  const denied = whenDenied(connection)
  // After the opening, the journal reports missing permissions itself.
  denied.catch(() => {})
  try {
    return await Promise.race([denied, openOn(connection, options, name)])
  } catch (cause) {
    await connection.close()
    if (cause instanceof JournalFault) throw cause
    throw explainDenied(cause) ?? new JournalFault('unavailable', sentenceOf(cause), { cause })
  }
}

async function openOn(
  connection: NatsConnection,
  options: JetStreamJournalOptions,
  name: string,
): Promise<ClusterJournal> {
  const partitions = await openPartitions(options, name, connection)
  const journal = new ClusterJournal({ connection, prefix: name, partitions })
  await awaitLeaders(journal, partitions)
  return journal
}

async function openPartitions(
  options: JetStreamJournalOptions,
  name: string,
  connection: NatsConnection,
): Promise<readonly JetStreamJournal[]> {
  const version = checkServer(connection, options.allowOld ?? false)
  const { replicas = 3, partitions, makes = true, durability: asked, monitors = [] } = options
  if ((partitions ?? 1) > 1 && !isAtLeast(version, versionOfMetadata))
    throw new JournalFault(
      'unavailable',
      `nats-server ${connection.info?.version} is older than ${versionOfMetadata.join('.')} and cannot store the number of ` +
        'partitions: install a newer one, or leave out `partitions`',
    )
  const wish = { replicas, partitions, makes, hasBatches: isAtLeast(version, versionMin) }
  const manager = await patiently(() => jetstreamManager(connection, { timeout: answerMsMax }))
  const streams = await patiently(() => openStreams(manager, name, wish))
  const server = connection.info?.server_name ?? ''
  const levels = await Promise.all(streams.map(({ info }) => durabilityOf({ asked, stream: info, monitors, server })))
  return streams.map(
    ({ names, info: stream }, partition) =>
      new JetStreamJournal({
        connection,
        names,
        stream,
        durability: levels[partition] ?? 'memory',
        clock: systemClock,
        hasBatches: isAtLeast(version, versionOfBatches),
        mayRace: options.checksAcks ?? !isAtLeast(version, versionMin),
        id: makeId(systemRandom),
      }),
  )
}

/** @throws JournalFault 'unavailable' */
export function parseUrl(url: string): NatsAddress & { readonly name: string } {
  const parts = /^(nats|tls):\/\/(?:([^@/]+)@)?([^@/?#]+)(?:\/([A-Za-z0-9_-]{1,32})?)?$/.exec(url)
  if (parts === null)
    throw new JournalFault(
      'unavailable',
      '`url` is not an address of NATS servers: write nats://HOST:PORT,HOST:PORT,HOST:PORT',
    )
  const [, scheme, secret, hosts = '', name = 'oxo'] = parts
  const [user = '', pass] = (secret ?? '').split(':').map(decodeURIComponent)
  return {
    servers: hosts.split(','),
    name,
    isTls: scheme === 'tls',
    user: secret === undefined ? undefined : pass === undefined ? { token: user } : { user, pass },
  }
}

/** The server's version. @throws JournalFault */
function checkServer({ info }: NatsConnection, allowOld: boolean): readonly number[] {
  const version = (info?.version ?? '0').split(/[.-]/).map(Number)
  if (!isAtLeast(version, versionMin) && !allowOld)
    throw new JournalFault(
      'unavailable',
      `nats-server ${info?.version} is older than ${versionMin.join('.')} and may acknowledge two moves of which only one is ` +
        'stored: install a newer one, or use `allowOld`, which checks every acknowledgement and is slow',
    )
  const payload = info?.max_payload ?? 0
  if (payload < payloadBytesMin)
    throw new JournalFault(
      'unavailable',
      `max_payload of the NATS servers is ${payload} bytes: set it to at least ${payloadBytesMin}`,
    )
  return version
}

function isAtLeast(
  [major = 0, minor = 0]: readonly number[],
  [wantedMajor, wantedMinor]: readonly [number, number],
): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

/** Waits until each stream has a leader. A stream that was just created has none, and the caller will read at once. */
async function awaitLeaders(journal: ClusterJournal, partitions: readonly JetStreamJournal[]): Promise<void> {
  const isFault = (cause: unknown): boolean => cause instanceof JournalFault
  try {
    const failed = journal.failed.then((fault) => Promise.reject(fault))
    const read = partitions.map((partition) => patiently(() => partition.read('none', 0, 1), isFault))
    await Promise.race([failed, Promise.all(read)])
  } catch (cause) {
    await journal.close()
    throw cause
  }
}

/**
 * Retries `run` for up to {@link startMsMax} while `passes` is true for its error: servers that have just started elect leaders
 * first.
 */
export async function patiently<T>(run: () => Promise<T>, passes: (cause: unknown) => boolean = isPassing): Promise<T> {
  const late = systemClock.now() + startMsMax
  for (;;) {
    try {
      return await run()
    } catch (cause) {
      if (systemClock.now() >= late || !passes(cause)) throw cause
      await new Promise<void>((resolve) => void systemClock.after(retryMs, resolve))
    }
  }
}

/** Whether the error may pass: JetStream is not ready yet, or no server answered. */
function isPassing(cause: unknown): boolean {
  const origin = cause instanceof JournalFault ? cause.cause : cause
  if (origin instanceof JetStreamApiError) return origin.code === 10_008 || origin.code === 10_005
  return origin instanceof Error && origin.name === 'TimeoutError'
}

function sentenceOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const isOff = cause.name === 'JetStreamNotEnabled' || /not enabled/.test(cause.message)
  return isOff ? 'JetStream is off: enable it in the NATS servers (jetstream { store_dir: … })' : cause.message
}
