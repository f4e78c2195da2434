/** The permissions that a node needs on the NATS servers, and the errors for missing ones. */
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

/** All subjects that the nodes of a journal publish and subscribe to. None of them deletes, purges or changes a game. */
export function permissionsOf(prefix: string, partitions: number): Permissions {
  const all = Array.from({ length: partitions }, (_, partition) => makeNames(prefix, partition))
  const each = (verb: string, why: string): readonly Permission[] =>
    all.map(({ stream }) => ({ subject: `$JS.API.${verb}.${stream}`, why }))
  const rows = all.map((_, partition) => `${prefix.toUpperCase()}_ROWS_${partition}`)
  const eachOfRows = (verb: string, why: string): readonly Permission[] =>
    rows.map((stream) => ({ subject: `$JS.API.${verb}.${stream}`, why }))
  const ofDevices = (verb: string, why: string): readonly Permission[] => [
    { subject: `$JS.API.${verb}.${prefix.toUpperCase()}_PUSH`, why },
  ]
  return {
    publish: [
      { subject: '$JS.API.INFO', why: 'to check that JetStream is enabled' },
      ...each('STREAM.INFO', 'the end and the leader of the stream'),
      // A node that finds no journal checks whether there are parts of one.
      ...(partitions === 1
        ? [
            {
              subject: `$JS.API.STREAM.INFO.${makeNames(prefix, 1).stream}`,
              why: 'to check for parts of a journal',
            },
          ]
        : []),
      ...each('STREAM.CREATE', 'to create the stream; not needed once it exists'),
      ...each('STREAM.UPDATE', 'to allow batches in a stream that an older Oxo created'),
      ...each('STREAM.MSG.GET', 'reads'),
      ...each('DIRECT.GET', 'reads, from any copy'),
      ...(partitions === 1 ? [] : each('STREAM.LEADER.STEPDOWN', 'to spread the leaders')),
      ...all.map(({ games }) => ({ subject: games, why: 'appends' })),
      ...ofDevices('STREAM.INFO', 'to check for devices that get notifications'),
      ...ofDevices('STREAM.CREATE', 'to create their stream; not needed once it exists'),
      ...ofDevices('STREAM.MSG.GET', 'reads of devices'),
      { subject: `${prefix}.push.>`, why: 'devices that get notifications' },
      ...eachOfRows('STREAM.INFO', 'to check for histories'),
      ...eachOfRows('STREAM.CREATE', 'to create them; not needed once they exist'),
      ...eachOfRows('STREAM.PURGE', 'to rebuild them from the games'),
      ...eachOfRows('DIRECT.GET', 'reads of histories'),
      ...all.map((_, partition) => ({ subject: `${prefix}.rows.${partition}.>`, why: 'rows of histories' })),
      { subject: `${prefix}.node.>`, why: 'messages between nodes' },
    ],
    subscribe: [
      { subject: '_INBOX.>', why: 'answers' },
      ...all.map(({ live }) => ({ subject: live, why: 'new entries' })),
      ...all.map(({ elected }) => ({ subject: elected, why: 'a change of the leader' })),
      { subject: `${prefix}.node.>`, why: 'messages between nodes' },
    ],
  }
}

/** The permissions as lines for a user in the configuration of a NATS server. */
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
    '  allow_responses: true  # to answer other nodes',
    '}',
    '',
  ].join('\n')
}

/** The fault for a missing permission; null: the status reports no missing permission. */
export function findDenied(status: Status): JournalFault | null {
  if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) return null
  const { operation, subject } = status.error
  return makeDenied(operation === 'publish' ? 'publish to' : 'subscribe to', subject, status.error)
}

export function makeDenied(what: 'publish to' | 'subscribe to', subject: string, cause: Error): JournalFault {
  const advice = '`oxo cluster permissions` prints the permissions that the user of a node needs'
  return new JournalFault('unavailable', `the NATS servers do not let this node ${what} ${subject}: ${advice}`, {
    cause,
  })
}

/** The fault for a request that failed because of a missing permission; null: it failed for another reason. */
export function explainDenied(cause: unknown): JournalFault | null {
  if (cause instanceof PermissionViolationError) return findDenied({ type: 'error', error: cause })
  return cause instanceof Error && cause.cause !== undefined ? explainDenied(cause.cause) : null
}

/** Rejects when the servers report a missing permission; never resolves. */
export async function whenDenied(connection: NatsConnection): Promise<never> {
  for await (const status of connection.status()) {
    const denied = findDenied(status)
    if (denied !== null) throw denied
  }
  return new Promise(() => {})
}
