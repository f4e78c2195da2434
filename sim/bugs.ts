/** Mistakes planted at the seams: what the checks are worth shows in whether they find them. */
import type { Clock } from '../src/base/index.ts'
import type { Journal } from '../src/journal/index.ts'
import { makeError } from '../src/protocol/index.ts'
import type { Connection, NodeBus, Talk } from '../src/service/index.ts'
import type { Written } from './broker.ts'

/** What stands between a connection and the service of one node. */
export type Protocol = (connection: Connection, open: (connection: Connection) => Talk) => Talk

export interface Bug {
  readonly about: string
  /** Whether a node looks up what the broker has acknowledged. */
  readonly verifies: boolean
  readonly journal: (journal: Journal, now: () => number) => Journal
  readonly clock: (clock: Clock) => Clock
  readonly exchange: (exchange: NodeBus) => NodeBus
  /** Called once for each life of a node. */
  readonly protocol: () => Protocol
  /** What a client's transport makes of a message to the server. */
  readonly outgoing: (message: string) => string
}

export const noBug: Bug = {
  about: 'nothing is wrong',
  verifies: true,
  journal: (journal) => journal,
  clock: (clock) => clock,
  exchange: (exchange) => exchange,
  protocol: () => (connection, open) => open(connection),
  outgoing: (message) => message,
}

export const bugs = {
  'answer-before-durable': {
    ...noBug,
    about: 'a node answers when it has sent an append, not when it is stored',
    journal: (journal) => ({
      id: journal.id,
      durability: journal.durability,
      append: async (...entry) => {
        journal.append(...entry).catch(() => {})
        return 'stored'
      },
      read: (...where) => journal.read(...where),
      readBack: (...where) => journal.readBack(...where),
      follow: (...where) => journal.follow(...where),
      listen: (...where) => journal.listen(...where),
      close: () => journal.close(),
    }),
  },
  'repeat-not-recognised': {
    ...noBug,
    about: 'a command that was sent twice is refused as stale the second time',
    protocol: forgetfulProtocol,
  },
  'stale-copy': {
    ...noBug,
    about: 'a node reads the journal from a copy that lags behind',
    journal: (journal, now) => ({
      id: journal.id,
      durability: journal.durability,
      append: (...entry) => journal.append(...entry),
      read: async (...where) => (await journal.read(...where)).filter((entry) => isOld(entry as Written, now())),
      readBack: async (...where) =>
        (await journal.readBack(...where)).filter((entry) => isOld(entry as Written, now())),
      follow: (...where) => journal.follow(...where),
      listen: (...where) => journal.listen(...where),
      close: () => journal.close(),
    }),
  },
  'ack-over-fold': {
    ...noBug,
    about: 'a node believes what the broker acknowledges, though the first entry with a version wins',
    verifies: false,
  },
  'version-omitted': {
    ...noBug,
    about: 'the client leaves the version out of its commands, and repeats them all the same',
    outgoing: (message) => message.replace(/,"version":\d+/, ''),
  },
  'commit-for-nothing': {
    ...noBug,
    about: 'an event is charged from when the one before was stored, so that nobody pays for the commit',
    journal: (journal, now) => {
      const waited = new Map<string, number>()
      return {
        id: journal.id,
        durability: journal.durability,
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
        read: (...where) => journal.read(...where),
        readBack: (...where) => journal.readBack(...where),
        follow: (...where) => journal.follow(...where),
        listen: (...where) => journal.listen(...where),
        close: () => journal.close(),
      }
    },
  },
  'deaf-node': {
    ...noBug,
    about: 'a node takes nobody for there whom it does not see itself',
    exchange: (exchange) => ({ ...exchange, hear: () => exchange.hear(() => {}) }),
  },
  'wall-clock': {
    ...noBug,
    about: 'elapsed time is measured on the wall clock, which is set now and then',
    clock: (clock) => ({
      now: () => clock.wall(),
      wall: () => clock.wall(),
      after: (ms, call) => clock.after(ms, call),
    }),
  },
} as const satisfies Readonly<Record<string, Bug>>
export type BugName = keyof typeof bugs
export const bugNames = Object.keys(bugs) as readonly BugName[]

/** How far the lagging copy is behind, in ms. */
const copyLagMs = 500

function isOld({ storedAt }: Written, now: number): boolean {
  return storedAt <= now - copyLagMs
}

/** Knows the newest version of each game, and refuses every command at another one. */
function forgetfulProtocol(): Protocol {
  const versions = new Map<string, number>()
  const learn = (message: string): string => {
    const [, game = '', version = '0'] = /"game":"([^"]+)","version":(\d+)/.exec(message) ?? []
    versions.set(game, Math.max(versions.get(game) ?? 0, Number(version)))
    return message
  }
  return (connection, open) => {
    const talk = open({
      protocol: connection.protocol,
      address: connection.address,
      send: (message) => connection.send(learn(message)),
      sendNewest: (key, message) => connection.sendNewest(key, learn(message)),
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
        else talk.hear(message)
      },
      end: () => talk.end(),
    }
  }
}
