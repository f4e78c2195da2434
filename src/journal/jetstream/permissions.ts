/** What NATS servers must let a node do, and what a node says where they do not. */
import { type NatsConnection, PermissionViolationError, type Status } from '@nats-io/transport-node'
import { JournalFault } from '../journal.ts'
import { makeNames } from './names.ts'

interface Permission {
  readonly subject: string
  readonly why: string
}

export interface Permissions {
  readonly publish: readonly Permission[]
  readonly subscribe: readonly Permission[]
}

/** All that the nodes of a journal publish and hear, and no more: nothing that deletes, purges or changes a game. */
export function permissionsOf(prefix: string, partitions: number): Permissions {
  const all = Array.from({ length: partitions }, (_, partition) => makeNames(prefix, partition))
  const each = (verb: string, why: string): readonly Permission[] =>
    all.map(({ stream }) => ({ subject: `$JS.API.${verb}.${stream}`, why }))
  const rows = all.map((_, partition) => `${prefix.toUpperCase()}_ROWS_${partition}`)
  const eachOfRows = (verb: string, why: string): readonly Permission[] =>
    rows.map((stream) => ({ subject: `$JS.API.${verb}.${stream}`, why }))
  return {
    publish: [
      { subject: '$JS.API.INFO', why: 'whether there is JetStream' },
      ...each('STREAM.INFO', 'how far the stream is, and who leads it'),
      // A node that finds no journal looks whether there are parts of one.
      ...(partitions === 1
        ? [
            {
              subject: `$JS.API.STREAM.INFO.${makeNames(prefix, 1).stream}`,
              why: 'whether there are parts of a journal',
            },
          ]
        : []),
      ...each('STREAM.CREATE', 'to make the stream; not needed once it is there'),
      ...each('STREAM.UPDATE', 'to allow batches in a stream that an older Oxo made'),
      ...each('STREAM.MSG.GET', 'reads'),
      ...each('DIRECT.GET', 'reads, from any copy'),
      ...(partitions === 1 ? [] : each('STREAM.LEADER.STEPDOWN', 'to spread the leaders')),
      ...all.map(({ games }) => ({ subject: games, why: 'appends' })),
      ...eachOfRows('STREAM.INFO', 'whether there are histories'),
      ...eachOfRows('STREAM.CREATE', 'to make them; not needed once they are there'),
      ...eachOfRows('STREAM.PURGE', 'to make them again from the games'),
      ...eachOfRows('DIRECT.GET', 'reads of histories'),
      ...all.map((_, partition) => ({ subject: `${prefix}.rows.${partition}.>`, why: 'rows of histories' })),
      { subject: `${prefix}.node.>`, why: 'what nodes tell each other' },
    ],
    subscribe: [
      { subject: '_INBOX.>', why: 'answers' },
      ...all.map(({ live }) => ({ subject: live, why: 'what was stored' })),
      ...all.map(({ elected }) => ({ subject: elected, why: 'that another server leads' })),
      { subject: `${prefix}.node.>`, why: 'what nodes tell each other' },
    ],
  }
}

/** As lines of a NATS server's configuration, within a user. */
export function makePermissions(prefix: string, partitions: number): string {
  const { publish, subscribe } = permissionsOf(prefix, partitions)
  const rows = (list: readonly Permission[]): readonly string[] => {
    const width = Math.max(...list.map(({ subject }) => subject.length))
    return list.map(({ subject, why }) => `    ${`"${subject}"`.padEnd(width + 2)}  # ${why}`)
  }
  return [
    'permissions: {',
    '  publish: [',
    ...rows(publish),
    '  ]',
    '  subscribe: [',
    ...rows(subscribe),
    '  ]',
    '  allow_responses: true  # to a node that asks who is there',
    '}',
    '',
  ].join('\n')
}

/** What is missing; null: the servers did not say that something is. */
export function findDenied(status: Status): JournalFault | null {
  if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) return null
  const { operation, subject } = status.error
  return makeDenied(operation === 'publish' ? 'publish to' : 'hear', subject, status.error)
}

export function makeDenied(what: 'publish to' | 'hear', subject: string, cause: Error): JournalFault {
  const advice = '`oxo cluster permissions` prints what the user of a node needs'
  return new JournalFault('unavailable', `the NATS servers do not let this node ${what} ${subject}: ${advice}`, {
    cause,
  })
}

/** What is missing, as a request says that failed for it; null: it failed for something else. */
export function explainDenied(cause: unknown): JournalFault | null {
  if (cause instanceof PermissionViolationError) return findDenied({ type: 'error', error: cause })
  return cause instanceof Error && cause.cause !== undefined ? explainDenied(cause.cause) : null
}

/** Rejects when something is missing; never resolves. */
export async function whenDenied(connection: NatsConnection): Promise<never> {
  for await (const status of connection.status()) {
    const denied = findDenied(status)
    if (denied !== null) throw denied
  }
  return new Promise(() => {})
}
