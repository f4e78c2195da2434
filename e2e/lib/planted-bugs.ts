/**
 * Bugs to plant in a server, one at a time. The tests with real processes are only worth something if they detect them.
 */
import { bugs as simulated } from '../../sim/bugs.ts'
import { type Clock, systemClock } from '../../src/base/index.ts'
import type { Host } from '../../src/gateway/host.ts'
import { type Entry, type Journal, JournalFault, pagesOf } from '../../src/journal/index.ts'
import { pageSize } from '../../src/journal/pages.ts'
import type { Connection, NodeBus, Session } from '../../src/service/index.ts'
import { wrapSession } from '../../src/service/testing/wrap-session.ts'

export interface PlantedBug {
  readonly journal?: (journal: Journal) => Journal
  readonly exchange?: (exchange: NodeBus) => NodeBus
  /** Gets all services; there is more than one if the bug concerns several writers. */
  readonly host?: (services: readonly Host[]) => Host
  /** The number of services that write to the one journal; one by default. */
  readonly services?: number
}

/** How long an acknowledged entry is only in memory, in ms. */
const lieMs = 20
/** How long a new node may request the state of the others, in ms. */
const comingMs = 10_000
const clock: Clock = systemClock

const isFull = (error: unknown): boolean => error instanceof Error && /space|full/.test(error.message)

export const plantedBugs = {
  /** The server keeps running although its journal has failed for good. */
  'failure-ignored': {},
  /** The node requests the state from before its start, but never what it missed later. */
  'gaps-ignored': {
    exchange: (inner) => {
      const knowsAllAt = clock.now() + comingMs
      const isDropped = (text: string): boolean => text.includes('"type":"ask"') && clock.now() >= knowsAllAt
      return {
        node: inner.node,
        tell: (text, to) => void (isDropped(text) || inner.tell(text, to)),
        hear: (hear) => inner.hear(hear),
      }
    },
  },
  /** The journal acknowledges an entry before it is stored. */
  'early-answer': {
    journal: (inner) => ({
      ...verbsOf(inner),
      append: (...entry) => {
        clock.after(lieMs, () => void inner.append(...entry))
        return Promise.resolve('stored')
      },
    }),
  },
  /** The journal reports an unknown outcome as `stored`. */
  'sent-is-stored': {
    journal: (inner) => ({
      ...verbsOf(inner),
      append: (...entry) =>
        inner.append(...entry).catch((error: unknown) => {
          if (error instanceof JournalFault && error.fault === 'outcome-unknown') return 'stored'
          throw error
        }),
    }),
  },
  /** The journal reports an entry that did not fit on the disk as `stored`. */
  'full-is-stored': {
    journal: (inner) => ({
      ...verbsOf(inner),
      append: (...entry) =>
        inner.append(...entry).catch((error: unknown) => {
          if (isFull(error)) return 'stored'
          throw error
        }),
    }),
  },
  /** A journal that was full once refuses everything from then on. */
  'full-for-ever': {
    journal: (inner) => {
      let full: Error | null = null
      return {
        ...verbsOf(inner),
        append: async (...entry) => {
          if (full !== null) throw full
          return inner.append(...entry).catch((error: unknown) => {
            if (error instanceof Error && isFull(error)) full = error
            throw error
          })
        },
      }
    },
  },
  /** The journal reads every game from its beginning, however long it is. */
  'all-read': {
    journal: (inner) => ({
      ...verbsOf(inner),
      readBack: async (game, before = Infinity, limit) => {
        const entries: Entry[] = []
        for await (const page of pagesOf(inner, game)) entries.push(...page)
        return entries.filter(({ version }) => version < before).slice(-pageSize(limit))
      },
    }),
  },
  /** A repeated command is refused. */
  'repeat-not-recognised': { host: ([service]) => atProtocol(service, simulated['repeat-not-recognised'].protocol()) },
  /** The version of a command is ignored. */
  'version-ignored': {
    host: ([service]) =>
      atProtocol(service, (connection, open) =>
        changed(open(connection), (message) => message.replace(/,"version":\d+/, '')),
      ),
  },
  /** There are two writers, and the journal reports `stored` to both. */
  'two-first': {
    services: 2,
    journal: (inner) => ({ ...verbsOf(inner), append: (...entry) => inner.append(...entry).then(() => 'stored') }),
    host: (services) => {
      let next = 0
      const pick = (): Host | undefined => services[next++ % services.length]
      return { ...hostOf(services[0]), connect: (connection) => hostOf(pick()).connect(connection) }
    },
  },
  /** The text protocol exchanges columns and rows. */
  'text-turned': {
    host: ([service]) =>
      atProtocol(service, (connection, open) =>
        connection.protocol === 'text' ? withTurnedMoves(open(connection)) : open(connection),
      ),
  },
  /** The WebSocket protocol has a different code for one error. */
  'own-error': {
    host: ([service]) =>
      atProtocol(service, (connection, open) =>
        connection.protocol === 'websocket'
          ? open(withChangedAnswers(connection, (message) => message.replace(/"code":4092,/, '"code":4095,')))
          : open(connection),
      ),
  },
} as const satisfies Readonly<Record<string, PlantedBug>>
export type PlantedBugName = keyof typeof plantedBugs

type Protocol = (connection: Connection, open: (connection: Connection) => Session) => Pick<Session, 'hear' | 'end'>

function verbsOf(inner: Journal): Journal {
  return {
    id: inner.id,
    durability: inner.durability,
    append: (...entry) => inner.append(...entry),
    read: (...where) => inner.read(...where),
    readBack: (...where) => inner.readBack(...where),
    follow: (...where) => inner.follow(...where),
    listen: (...where) => inner.listen(...where),
    close: () => inner.close(),
  }
}

function hostOf(service: Host | undefined): Host {
  if (service === undefined) throw new Error('a planted bug needs a service')
  return {
    history: service.history,
    stateOf: (game) => service.stateOf(game),
    connect: (connection) => service.connect(connection),
    allowance: (address) => service.allowance(address),
    readiness: () => service.readiness(),
    drain: (...words) => service.drain(...words),
  }
}

/** A host with `protocol` in front of its sessions. It may leave calls alone: they bypass it then. */
function atProtocol(service: Host | undefined, protocol: Protocol): Host {
  const host = hostOf(service)
  return {
    ...host,
    connect(connection) {
      let session: Session | null = null
      const bent = protocol(connection, (inner) => (session = host.connect(inner)))
      return wrapSession(session ?? host.connect(connection), bent)
    },
  }
}

function changed(session: Session, change: (message: string) => string): Session {
  return wrapSession(session, { hear: (message) => session.hear(change(message)) })
}

function withTurnedMoves(session: Session): Session {
  return wrapSession(session, {
    call: (method, params) =>
      session.call(method, 'x' in params && 'y' in params ? { ...params, x: params.y, y: params.x } : params),
  })
}

function withChangedAnswers(connection: Connection, change: (message: string) => string): Connection {
  return {
    protocol: connection.protocol,
    address: connection.address,
    send: (message) => connection.send(change(message)),
    notify: (notification) => connection.notify(notification),
    close: (code, reason) => connection.close(code, reason),
  }
}
