/** One stream that holds games: made where it is not there, and looked at before it is trusted. */
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
  /** Whether the servers know batches that are stored as a whole (2.12). */
  readonly hasBatches: boolean
}

/** Error code of the server: there is a stream of that name with another configuration. */
const nameInUse = 10_058

/** What a stream must be for the journal to keep its promises. */
export function makeConfig(names: Names, { replicas, hasBatches }: StreamWish) {
  return {
    name: names.stream,
    subjects: [names.games],
    storage: StorageType.File,
    num_replicas: replicas,
    retention: RetentionPolicy.Limits,
    // Whatever limit a host sets: what is new is refused, never what is old dropped.
    discard: DiscardPolicy.New,
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
    ...(hasBatches ? { allow_atomic: true } : {}),
    republish: { src: names.games, dest: names.live },
  } as const satisfies Partial<StreamConfig>
}

/**
 * The stream as it is, if it is as the journal needs it.
 * @throws JournalFault 'unavailable' with a sentence if it is not
 */
export async function checkStream(
  manager: JetStreamManager,
  names: Names,
  wish: StreamWish,
  info: StreamInfo,
): Promise<StreamInfo> {
  const wrong = differences(info.config, makeConfig(names, wish))
  if (wrong.length === 0) return wish.hasBatches ? takeBatches(manager, info) : info
  throw new JournalFault(
    'unavailable',
    `the stream ${names.stream} is not as the journal needs it: ${wrong.join('; ')}. Mend it with \`nats stream edit\`, or ` +
      'choose another name for the journal (nats://…/NAME)',
  )
}

/** A stream that an older release made takes none yet. Where this node may not change that, it does without. */
async function takeBatches(manager: JetStreamManager, info: StreamInfo): Promise<StreamInfo> {
  if (info.config.allow_atomic === true) return info
  try {
    return await manager.streams.update(info.config.name, { allow_atomic: true })
  } catch (cause) {
    if (cause instanceof JetStreamApiError) return info
    throw cause
  }
}

/**
 * Which stream this is, of all that ever had its name: the servers keep to the nanosecond when they made it. Not in its
 * metadata: two nodes that give an older stream an id at once would each believe in their own.
 */
export function idOf({ config, created }: StreamInfo): JournalId {
  return deriveId([config.name, created])
}

/** Null: there is none. */
export async function findStream(manager: JetStreamManager, { stream }: Names): Promise<StreamInfo | null> {
  try {
    return await manager.streams.info(stream)
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.StreamNotFound) return null
    throw cause
  }
}

/**
 * A new stream with this metadata, or one just like it that is there already; null if there is another one of the name.
 * @throws JournalFault 'unavailable' with a sentence if it cannot be had
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
        : `. ${copies} copies need a cluster of at least ${copies} servers with JetStream; --nats-replicas 1 does with one`
    throw new JournalFault('unavailable', `the stream ${wanted.name} cannot be made: ${cause.message}${advice}`, {
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
    wrong.push(`it has ${is.num_replicas} of the ${wanted.num_replicas} copies asked for`)
  if ((is.max_age ?? 0) > 0) wrong.push('max_age is set: it would forget games')
  const { max_msgs_per_subject: perGame, persist_mode: written } = is
  // Whatever `discard` says, the oldest of a subject give way.
  if (perGame > 0) wrong.push(`max_msgs_per_subject is ${perGame}: it would forget the beginning of games`)
  if (is.subject_transform !== undefined) wrong.push('subject_transform is set: games would not be found')
  if (written === 'async') wrong.push('persist_mode is "async": a move is acknowledged before it is written')
  return wrong
}
