/** Servers that are wrong in one way each: what the tests of real processes are worth shows in whether they notice. */
import { bugs as simulated } from '../../sim/bugs.ts'
import { type Clock, systemClock } from '../../src/base/index.ts'
import type { Host } from '../../src/gateway/host.ts'
import { type Entry, type Journal, JournalFault, pagesOf } from '../../src/journal/index.ts'
import { pageSize } from '../../src/journal/pages.ts'
import type { Connection, NodeBus, Talk } from '../../src/service/index.ts'

export interface PlantedBug {
  readonly journal?: (journal: Journal) => Journal
  readonly exchange?: (exchange: NodeBus) => NodeBus
  /** Given every service there is: more than one where the bug is about several writers. */
  readonly host?: (services: readonly Host[]) => Host
  /** How many services write to the one journal. */
  readonly services?: number
}

/** How long an acknowledged entry is in memory only. */
const lieMs = 20
/** For how long a node that comes learns what there is, in ms. */
const comingMs = 10_000
const clock: Clock = systemClock

const isFull = (error: unknown): boolean => error instanceof Error && /space|full/.test(error.message)

export const plantedBugs = {
  /** Its journal fails for good, and it stays. */
  'failure-ignored': {},
  /** It never asks another node for what it has missed, but for what there was before it came. */
  'gaps-ignored': {
    exchange: (inner) => {
      const knowsAllAt = clock.now() + comingMs
      const isUnsaid = (text: string): boolean => text.includes('"type":"ask"') && clock.now() >= knowsAllAt
      return {
        node: inner.node,
        tell: (text, to) => void (isUnsaid(text) || inner.tell(text, to)),
        hear: (hear) => inner.hear(hear),
      }
    },
  },
  /** It acknowledges before it stores. */
  'early-answer': {
    journal: (inner) => ({
      ...verbsOf(inner),
      append: (...entry) => {
        clock.after(lieMs, () => void inner.append(...entry))
        return Promise.resolve('stored')
      },
    }),
  },
  /** What was sent will have been stored, it says. */
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
  /** What did not fit was stored, it says. */
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
  /** Once full, it stays full. */
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
  /** It reads a game from its beginning, however long it is. */
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
  /** A command that was sent twice is refused the second time. */
  'repeat-not-recognised': { host: ([service]) => atProtocol(service, simulated['repeat-not-recognised'].protocol()) },
  /** It does not look at the version that a command was decided against. */
  'version-ignored': {
    host: ([service]) =>
      atProtocol(service, (connection, open) =>
        changed(open(connection), (said) => said.replace(/,"version":\d+/, '')),
      ),
  },
  /** Two writers, and the journal tells both that they were first. */
  'two-first': {
    services: 2,
    journal: (inner) => ({ ...verbsOf(inner), append: (...entry) => inner.append(...entry).then(() => 'stored') }),
    host: (services) => {
      let next = 0
      const pick = (): Host | undefined => services[next++ % services.length]
      return { ...hostOf(services[0]), connect: (connection) => hostOf(pick()).connect(connection) }
    },
  },
  /** People who type have columns and rows the other way round. */
  'text-turned': {
    host: ([service]) =>
      atProtocol(service, (connection, open) =>
        connection.protocol === 'text'
          ? changed(open(connection), (said) => said.replace(/^([XO]) (\d+) (\d+)$/, '$1 $3 $2'))
          : open(connection),
      ),
  },
  /** One protocol has an error of its own. */
  'own-error': {
    host: ([service]) =>
      atProtocol(service, (connection, open) =>
        connection.protocol === 'websocket'
          ? open(heardBy(connection, (said) => said.replace(/"code":4092,/, '"code":4095,')))
          : open(connection),
      ),
  },
} as const satisfies Readonly<Record<string, PlantedBug>>
export type PlantedBugName = keyof typeof plantedBugs

type Protocol = (connection: Connection, open: (connection: Connection) => Talk) => Talk

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

/** A host before whose sessions something stands. What HTTP asks passes by it. */
function atProtocol(service: Host | undefined, protocol: Protocol): Host {
  const host = hostOf(service)
  return {
    ...host,
    connect(connection) {
      let session: ReturnType<Host['connect']> | null = null
      const talk = protocol(connection, (inner) => (session = host.connect(inner)))
      const caller = session ?? host.connect(connection)
      return {
        hear: (message) => talk.hear(message),
        end: () => talk.end(),
        finish: () => caller.finish(),
        call: (method, params) => caller.call(method, params),
      }
    },
  }
}

function changed(talk: Talk, change: (message: string) => string): Talk {
  return { hear: (message) => talk.hear(change(message)), end: () => talk.end() }
}

function heardBy(connection: Connection, change: (message: string) => string): Connection {
  return {
    protocol: connection.protocol,
    address: connection.address,
    send: (message) => connection.send(change(message)),
    sendNewest: (key, message) => connection.sendNewest(key, change(message)),
    close: (code, reason) => connection.close(code, reason),
  }
}
