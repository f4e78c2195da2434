/** The streams of a journal, one for each partition. The first one stores the number of streams and is created last. */
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import { JournalFault } from '../journal.ts'
import { makeNames, type Names } from './names.ts'
import { checkStream, findStream, makeStream, type StreamWish } from './stream.ts'

export interface StreamsWish extends StreamWish {
  /** Undefined: as many as exist, or one for a new journal. */
  readonly partitions: number | undefined
  /** Whether the streams are created if there is no journal. */
  readonly makes: boolean
}

export interface OpenStream {
  readonly names: Names
  readonly info: StreamInfo
}

/** The key of the number of streams in the metadata of the first one. Without it there is only one stream. */
const partitionsKey = 'oxo-partitions'

/**
 * Opens the streams of a journal. Creates them if there is no journal and `wish.makes` is true.
 *
 * Invariant: the first stream is created after all others. So a node that stops while it creates them leaves nothing that
 * looks like a journal, and if two nodes create different numbers of streams, the first stream decides.
 * @throws JournalFault 'unavailable' if they cannot be opened or created, or are not as the journal needs them
 */
export async function openStreams(
  manager: JetStreamManager,
  prefix: string,
  wish: StreamsWish,
): Promise<readonly OpenStream[]> {
  const first = makeNames(prefix, 0)
  const found = await findStream(manager, first)
  if (found === null) return makeStreams(manager, prefix, wish)
  const count = Number(found.config.metadata?.[partitionsKey] ?? 1)
  if (wish.partitions !== undefined && wish.partitions !== count)
    throw wrongPartitionCount(first, count, wish.partitions)
  const rest = namesOf(prefix, count).slice(1)
  return Promise.all([
    checkStream(manager, first, wish, found).then((info) => ({ names: first, info })),
    ...rest.map((names) => openStream(manager, names, wish)),
  ])
}

const namesOf = (prefix: string, count: number): readonly Names[] =>
  Array.from({ length: count }, (_, partition) => makeNames(prefix, partition))

function wrongPartitionCount({ stream }: Names, count: number, asked: number): JournalFault {
  const has = `the journal has ${count} ${count === 1 ? 'partition' : 'partitions'}, as its stream ${stream} says, not ${asked}`
  return new JournalFault(
    'unavailable',
    `${has}: the number is fixed when a journal is made. Leave out \`partitions\`, or move the games to a new journal ` +
      '(nats://…/NAME) with `oxo export` and `oxo import`',
  )
}

async function openStream(manager: JetStreamManager, names: Names, wish: StreamWish): Promise<OpenStream> {
  const info = await findStream(manager, names)
  if (info === null) throw missingStream(names)
  return { names, info: await checkStream(manager, names, wish, info) }
}

function missingJournal({ stream }: Names, prefix: string): JournalFault {
  const what = `there is no journal ${prefix} on these NATS servers, because they have no stream ${stream}`
  return new JournalFault('unavailable', `${what}: use the same name as its nodes, nats://…/NAME`)
}

function missingStream({ stream }: Names): JournalFault {
  return new JournalFault(
    'unavailable',
    `the stream ${stream} of the journal is missing, and with it the games of its partition: restore it, or import a ` +
      'backup into a new journal (nats://…/NAME)',
  )
}

async function makeStreams(
  manager: JetStreamManager,
  prefix: string,
  wish: StreamsWish,
): Promise<readonly OpenStream[]> {
  const count = wish.partitions ?? 1
  const first = makeNames(prefix, 0)
  await assertUnused(manager, first, makeNames(prefix, 1))
  if (!wish.makes) throw missingJournal(first, prefix)
  const rest = await Promise.all(
    namesOf(prefix, count)
      .slice(1)
      .map((names) => findOrMake(manager, names, wish)),
  )
  const info = await makeStream(manager, first, wish, count === 1 ? {} : { [partitionsKey]: String(count) })
  // Another node was faster, perhaps with another number of partitions.
  if (info === null) return openStreams(manager, prefix, wish)
  return [{ names: first, info: await checkStream(manager, first, wish, info) }, ...rest]
}

/**
 * Checks that a journal was not lost: nobody appends to the second stream before the first one exists.
 * @throws JournalFault 'unavailable' if the second stream has entries but the first one is missing
 */
async function assertUnused(manager: JetStreamManager, first: Names, second: Names): Promise<void> {
  const found = await findStream(manager, second)
  if (found === null || found.state.messages === 0) return
  // The first stream may have been created since it was looked up.
  if ((await findStream(manager, first)) === null) throw missingStream(first)
}

async function findOrMake(manager: JetStreamManager, names: Names, wish: StreamWish): Promise<OpenStream> {
  const info = (await makeStream(manager, names, wish)) ?? (await findStream(manager, names))
  if (info === null) throw missingStream(names)
  return { names, info: await checkStream(manager, names, wish, info) }
}
