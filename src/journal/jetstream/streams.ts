/** The streams of a journal, one a partition. The first one knows how many there are, and is made last. */
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import { JournalFault } from '../journal.ts'
import { makeNames, type Names } from './names.ts'
import { checkStream, findStream, makeStream, type StreamWish } from './stream.ts'

export interface StreamsWish extends StreamWish {
  /** As many as there are, one if there are none yet. */
  readonly partitions: number | undefined
  /** Whether they are made where there are none. */
  readonly makes: boolean
}

export interface OpenStream {
  readonly names: Names
  readonly info: StreamInfo
}

/** In the metadata of the first stream. A stream without it is the only one. */
const partitionsKey = 'oxo-partitions'

/**
 * The streams as they are, made if they were not there and may be.
 *
 * Invariant: when the first stream is there, all others were. So a node that stops in the middle of making them leaves
 * nothing that anybody would take for a journal, and of two nodes that make a different number one is first.
 * @throws JournalFault 'unavailable' with a sentence if they cannot be had, or are not what the journal needs
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
  if (wish.partitions !== undefined && wish.partitions !== count) throw otherNumber(first, count, wish.partitions)
  const rest = namesOf(prefix, count).slice(1)
  return Promise.all([
    checkStream(manager, first, wish, found).then((info) => ({ names: first, info })),
    ...rest.map((names) => openStream(manager, names, wish)),
  ])
}

const namesOf = (prefix: string, count: number): readonly Names[] =>
  Array.from({ length: count }, (_, partition) => makeNames(prefix, partition))

function otherNumber({ stream }: Names, count: number, asked: number): JournalFault {
  const has = `the journal has ${count} ${count === 1 ? 'partition' : 'partitions'}, as its stream ${stream} says, not ${asked}`
  return new JournalFault(
    'unavailable',
    `${has}: the number is fixed when a journal is made. Leave out --nats-partitions, or move the games to a new journal ` +
      '(nats://…/NAME) with `oxo export` and `oxo import`',
  )
}

async function openStream(manager: JetStreamManager, names: Names, wish: StreamWish): Promise<OpenStream> {
  const info = await findStream(manager, names)
  if (info === null) throw missing(names)
  return { names, info: await checkStream(manager, names, wish, info) }
}

function none({ stream }: Names, prefix: string): JournalFault {
  const what = `there is no journal ${prefix} on these NATS servers, for they have no stream ${stream}`
  return new JournalFault('unavailable', `${what}: name the one that its nodes name, nats://…/NAME`)
}

function missing({ stream }: Names): JournalFault {
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
  if (!wish.makes) throw none(first, prefix)
  const rest = await Promise.all(
    namesOf(prefix, count)
      .slice(1)
      .map((names) => findOrMake(manager, names, wish)),
  )
  const info = await makeStream(manager, first, wish, count === 1 ? {} : { [partitionsKey]: String(count) })
  // Another node was faster, with another number of partitions perhaps.
  if (info === null) return openStreams(manager, prefix, wish)
  return [{ names: first, info: await checkStream(manager, first, wish, info) }, ...rest]
}

/** Where there is no first stream nobody has appended to the second, for the first is made before that. */
async function assertUnused(manager: JetStreamManager, first: Names, second: Names): Promise<void> {
  const found = await findStream(manager, second)
  if (found === null || found.state.messages === 0) return
  // Made while this looked at the second.
  if ((await findStream(manager, first)) === null) throw missing(first)
}

async function findOrMake(manager: JetStreamManager, names: Names, wish: StreamWish): Promise<OpenStream> {
  const info = (await makeStream(manager, names, wish)) ?? (await findStream(manager, names))
  if (info === null) throw missing(names)
  return { names, info: await checkStream(manager, names, wish, info) }
}
