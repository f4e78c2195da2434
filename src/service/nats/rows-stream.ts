/** Streams in which the last message of each subject counts: those with the rows of a partition, and the one with devices. */
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { JournalFault } from '../../journal/index.ts'
import { patiently } from '../../journal/jetstream/index.ts'

export interface RowsNames {
  readonly stream: string
  readonly mark: string
  /** The beginning of the subjects of an account's rows. */
  of(account: string): string
  /** The beginning of the subjects of live games with a clock. */
  readonly clocked: string
  readonly all: string
}

export function makeRowsNames(prefix: string, partition: number): RowsNames {
  const base = `${prefix}.rows.${partition}.`
  return {
    stream: `${prefix.toUpperCase()}_ROWS_${partition}`,
    mark: `${base}mark`,
    of: (account) => `${base}of.${account}.`,
    clocked: `${base}clock.`,
    all: `${base}>`,
  }
}

interface StreamWish {
  readonly connection: NatsConnection
  readonly stream: string
  /** The wildcard subject of all messages. */
  readonly all: string
  readonly replicas: number
  /** Needs atomic batches and messages with a time to live (2.12). */
  readonly hasBatches: boolean
  /** What is lost if an operator deletes the stream. */
  readonly loss: string
}

/**
 * Creates the stream if it does not exist. @throws JournalFault 'unavailable' if it cannot be used; its message says
 * what to do
 */
export function openRowsStream(connection: NatsConnection, names: RowsNames, replicas: number): Promise<void> {
  const { stream, all } = names
  return openStream({
    ...{ connection, stream, all, replicas },
    hasBatches: true,
    loss: 'its rows are rebuilt from the journal',
  })
}

/** @throws JournalFault, as {@link openRowsStream} */
export function openStream(wish: StreamWish): Promise<void> {
  return patiently(() => openNow(wish))
}

async function openNow({ connection, stream, all, replicas, hasBatches, loss }: StreamWish): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false })
  const wanted = {
    name: stream,
    subjects: [all],
    storage: StorageType.File,
    num_replicas: replicas,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_msgs_per_subject: 1,
    allow_direct: true,
    ...(hasBatches ? { allow_atomic: true, allow_msg_ttl: true } : {}),
  }
  try {
    const { config } = await manager.streams.info(stream)
    const lacksBatches = hasBatches && config.allow_atomic !== true
    const isOther = config.max_msgs_per_subject !== 1 || !config.allow_direct || lacksBatches
    if (!isOther && config.subjects[0] === all) return
    const advice = `delete it (\`nats stream rm ${stream}\`): ${loss}`
    throw new JournalFault('unavailable', `the stream ${stream} has other settings than Oxo needs: ${advice}`)
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError) || cause.code !== JetStreamApiCodes.StreamNotFound) throw cause
  }
  try {
    await manager.streams.add(wanted)
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError)) throw cause
    throw new JournalFault('unavailable', `the stream ${stream} cannot be created: ${cause.message}`, { cause })
  }
}
