/** One stream of games: created if it is missing, and checked before it is used. */
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream'
import { JournalFault, type JournalId } from '../journal.ts'
import { deriveId } from '../journal-id.ts'
import type { Names } from './names.ts'

export interface StreamWish {
  readonly replicas: number
  /** Whether the servers support atomic batches (2.12). */
  readonly hasBatches: boolean
}

/** Error code of the server: there is a stream of that name with another configuration. */
const nameInUse = 10_058

/** The configuration that a stream needs for the guarantees of a journal. */
export function makeConfig(names: Names, { replicas, hasBatches }: StreamWish) {
  return {
    name: names.stream,
    subjects: [names.games],
    storage: StorageType.File,
    num_replicas: replicas,
    retention: RetentionPolicy.Limits,
    // If an operator sets a limit, new messages are refused; old ones are never dropped.
    discard: DiscardPolicy.New,
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
    ...(hasBatches ? { allow_atomic: true } : {}),
    republish: { src: names.games, dest: names.live },
  } as const satisfies Partial<StreamConfig>
}

/**
 * Checks the configuration of a stream and enables batches if possible. Returns the current state of the stream.
 * @throws JournalFault 'unavailable' if the stream does not have the configuration that the journal needs
 */
export async function checkStream(
  manager: JetStreamManager,
  names: Names,
  wish: StreamWish,
  info: StreamInfo,
): Promise<StreamInfo> {
  const wrong = differences(info.config, makeConfig(names, wish))
  if (wrong.length === 0) return wish.hasBatches ? enableBatches(manager, info) : info
  throw new JournalFault(
    'unavailable',
    `the stream ${names.stream} is not as the journal needs it: ${wrong.join('; ')}. Fix it with \`nats stream edit\`, or ` +
      'choose another name for the journal (nats://…/NAME)',
  )
}

/** Enables batches in a stream that an older release created. If this node may not change the stream, it works without batches. */
async function enableBatches(manager: JetStreamManager, info: StreamInfo): Promise<StreamInfo> {
  if (info.config.allow_atomic === true) return info
  try {
    return await manager.streams.update(info.config.name, { allow_atomic: true })
  } catch (cause) {
    if (cause instanceof JetStreamApiError) return info
    throw cause
  }
}

/**
 * The id of the journal, derived from the stream's name and the time of its creation, which the servers store in
 * nanoseconds. The id is not in the stream's metadata: two nodes that set an id there at once would each use their own.
 */
export function idOfStream({ config, created }: StreamInfo): JournalId {
  return deriveId([config.name, created])
}

/** The stream; null: there is none. */
export async function findStream(manager: JetStreamManager, { stream }: Names): Promise<StreamInfo | null> {
  try {
    return await manager.streams.info(stream)
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.StreamNotFound) return null
    throw cause
  }
}

/**
 * Creates a stream with this metadata. Also returns an existing stream with the same configuration; null if there is one with
 * another configuration.
 * @throws JournalFault 'unavailable' if the servers cannot create it
 */
export async function makeStream(
  manager: JetStreamManager,
  names: Names,
  wish: StreamWish,
  metadata: Readonly<Record<string, string>> = {},
): Promise<StreamInfo | null> {
  const { subjects, ...wanted } = makeConfig(names, wish)
  const marked = Object.keys(metadata).length === 0 ? {} : { metadata: { ...metadata } }
  try {
    return await manager.streams.add({ ...wanted, ...marked, subjects: [...subjects] })
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError)) throw cause
    if (cause.code === nameInUse) return null
    const { num_replicas: copies } = wanted
    const advice =
      copies === 1
        ? ''
        : `. ${copies} copies need a cluster of at least ${copies} servers with JetStream; \`replicas\` 1 needs only one`
    throw new JournalFault('unavailable', `the stream ${wanted.name} cannot be created: ${cause.message}${advice}`, {
      cause,
    })
  }
}

function differences(is: StreamConfig, wanted: ReturnType<typeof makeConfig>): readonly string[] {
  const wrong: string[] = []
  const compare = (name: string, found: unknown, expected: unknown): void => {
    if (JSON.stringify(found) !== JSON.stringify(expected))
      wrong.push(`${name} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`)
  }
  compare('subjects', is.subjects, wanted.subjects)
  compare('republish', [is.republish?.src, is.republish?.dest], [wanted.republish.src, wanted.republish.dest])
  for (const name of ['storage', 'retention', 'discard', 'deny_delete', 'allow_direct'] as const)
    compare(name, is[name], wanted[name])
  if (is.num_replicas < wanted.num_replicas)
    wrong.push(`it has ${is.num_replicas} copies, not ${wanted.num_replicas} as asked for`)
  if ((is.max_age ?? 0) > 0) wrong.push('max_age is set: the servers would delete games')
  const { max_msgs_per_subject: perGame, persist_mode: written } = is
  // This limit drops the oldest messages of a subject whatever `discard` says.
  if (perGame > 0) wrong.push(`max_msgs_per_subject is ${perGame}: the servers would delete the beginning of games`)
  if (is.subject_transform !== undefined) wrong.push('subject_transform is set: games would not be found')
  if (written === 'async') wrong.push('persist_mode is "async": a move is acknowledged before it is written')
  return wrong
}
