/** Bugs planted at the interfaces, to test that the checks find them. */
import type { Clock } from '../src/base/index.ts'
import { methodsOf } from '../src/journal/contract/methods.ts'
import type { Entry, Journal } from '../src/journal/index.ts'
import { makeError } from '../src/protocol/index.ts'
import type { Connection, NodeBus, Session } from '../src/service/index.ts'

/** The part of a session that speaks JSON-RPC: no simulated client speaks anything else. */
export type JsonSession = Pick<Session, 'hear' | 'end'>
/** Sits between a connection and the service of one node. */
export type ConnectionWrapper = (connection: Connection, open: (connection: Connection) => JsonSession) => JsonSession

/** Each member takes the right part and returns the one with the bug. */
export interface PlantedBug {
  readonly about: string
  /** Whether a node verifies the broker's acknowledgements; the default. */
  readonly verifies?: boolean
  readonly journal?: (journal: Journal, now: () => number) => Journal
  readonly clock?: (clock: Clock) => Clock
  readonly exchange?: (exchange: NodeBus) => NodeBus
  /** Called once for each life of a node. */
  readonly protocol?: () => ConnectionWrapper
  /** Changes a message that a client sends to the server. */
  readonly outgoing?: (message: string) => string
}

export const noBug: PlantedBug = { about: 'nothing is wrong' }

export const bugs = {
  'answer-before-durable': {
    about: 'a node answers when it has sent an append, before it is stored',
    journal: (journal) => ({
      ...methodsOf(journal),
      append: async (...entry) => {
        journal.append(...entry).catch(() => {})
        return 'stored'
      },
    }),
  },
  'repeat-not-recognised': {
    about: 'the second copy of a repeated command is refused as stale',
    protocol: forgetfulProtocol,
  },
  'stale-copy': {
    about: 'a node reads the journal from a replica that lags',
    journal: (journal, now) => ({
      ...methodsOf(journal),
      read: async (...where) => (await journal.read(...where)).filter((entry) => isOld(entry, now())),
      readBack: async (...where) => (await journal.readBack(...where)).filter((entry) => isOld(entry, now())),
    }),
  },
  'ack-over-fold': {
    about: 'a node trusts every acknowledgement, although only the first entry with a version is valid',
    verifies: false,
  },
  'version-omitted': {
    about: 'the client omits the version from its commands, but still repeats them',
    outgoing: (message) => message.replace(/,"version":\d+/, ''),
  },
  'commit-for-nothing': {
    about: 'time is charged from when the previous event was stored, so the commit time is charged to nobody',
    journal: (journal, now) => {
      const waited = new Map<string, number>()
      return {
        ...methodsOf(journal),
        append: async (game, after, body) => {
          const beganAt = now()
          const spent = waited.get(game) ?? 0
          const charged = (ms: string): string => String(Math.max(0, Number(ms) - spent))
          const appended = await journal.append(
            game,
            after,
            body.replace(/"elapsedMs":(\d+)/, (_, ms: string) => `"elapsedMs":${charged(ms)}`),
          )
          waited.set(game, now() - beganAt)
          return appended
        },
      }
    },
  },
  'deaf-node': {
    about: 'a node takes players who are connected to other nodes for absent',
    exchange: (exchange) => ({ ...exchange, hear: () => exchange.hear(() => {}) }),
  },
  'wall-clock': {
    about: 'elapsed time is measured with the wall clock, which is sometimes set',
    clock: (clock) => ({
      now: () => clock.wall(),
      wall: () => clock.wall(),
      after: (ms, call) => clock.after(ms, call),
    }),
  },
} as const satisfies Readonly<Record<string, PlantedBug>>
export type BugName = keyof typeof bugs
export const bugNames = Object.keys(bugs) as readonly BugName[]

/** The lag of the stale replica, in ms. */
const copyLagMs = 500

/** Entries of the simulated journal have the time at which they were stored. */
function isOld(entry: Entry & { readonly storedAt?: number }, now: number): boolean {
  return (entry.storedAt ?? 0) <= now - copyLagMs
}

/** Tracks the newest version of each game, and refuses every command at an older one. */
function forgetfulProtocol(): ConnectionWrapper {
  const versions = new Map<string, number>()
  const learn = (message: string): string => {
    const [, game = '', version = '0'] = /"game":"([^"]+)","version":(\d+)/.exec(message) ?? []
    versions.set(game, Math.max(versions.get(game) ?? 0, Number(version)))
    return message
  }
  return (connection, open) => {
    const session = open({
      protocol: connection.protocol,
      address: connection.address,
      send: (message) => connection.send(learn(message)),
      notify(notification) {
        learn(notification.message)
        connection.notify(notification)
      },
      close: (code, reason) => connection.close(code, reason),
    })
    return {
      hear(message) {
        const [, id = '', game = '', version] =
          /"id":(\d+),"method":"game\.(?:move|resign|offer|answer|restart)".*?"game":"([^"]+)".*?"version":(\d+)/.exec(
            message,
          ) ?? []
        const isOlder = version !== undefined && Number(version) < (versions.get(game) ?? 0)
        if (isOlder) connection.send(makeError(Number(id), 'stale', 'the game has moved on'))
        else session.hear(message)
      },
      end: () => session.end(),
    }
  }
}
