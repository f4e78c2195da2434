/** The stream that holds the rows of one partition: the last message of each subject counts. */
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

/**
 * Creates the stream if it does not exist. @throws JournalFault 'unavailable' if it cannot be used; its message says
 * what to do
 */
export function openRowsStream(connection: NatsConnection, names: RowsNames, replicas: number): Promise<void> {
  return patiently(() => openNow(connection, names, replicas))
}

async function openNow(connection: NatsConnection, names: RowsNames, replicas: number): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false })
  const wanted = {
    name: names.stream,
    subjects: [names.all],
    storage: StorageType.File,
    num_replicas: replicas,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_msgs_per_subject: 1,
    allow_direct: true,
    allow_atomic: true,
    allow_msg_ttl: true,
  }
  try {
    const { config } = await manager.streams.info(names.stream)
    const isOther = config.max_msgs_per_subject !== 1 || !config.allow_direct || config.allow_atomic !== true
    if (!isOther && config.subjects[0] === names.all) return
    const advice = `delete it (\`nats stream rm ${names.stream}\`): its rows are rebuilt from the journal`
    throw new JournalFault(
      'unavailable',
      `the stream ${names.stream} has other settings than the histories need: ${advice}`,
    )
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError) || cause.code !== JetStreamApiCodes.StreamNotFound) throw cause
  }
  try {
    await manager.streams.add(wanted)
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError)) throw cause
    throw new JournalFault('unavailable', `the stream ${names.stream} cannot be created: ${cause.message}`, { cause })
  }
}
