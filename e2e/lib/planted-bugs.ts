/**
 * Bugs to plant in a server, one at a time. The tests with real processes are only worth something if they detect them.
 */
import { type JsonSession, bugs as simulated, type PlantedBug as SimulatedBug } from '../../sim/bugs.ts'
import { type Clock, systemClock } from '../../src/base/index.ts'
import { methodsOf } from '../../src/journal/contract/methods.ts'
import { type Entry, JournalFault, pagesOf } from '../../src/journal/index.ts'
import { pageSize } from '../../src/journal/pages.ts'
import type { Connection, Session } from '../../src/service/index.ts'
import { withMethods } from '../../src/gateway/testing/wrap-host.ts'

export interface PlantedServerBug extends Pick<SimulatedBug, 'about' | 'journal' | 'exchange'> {
  /** As in the simulator, but it may also change the requests of protocols other than JSON-RPC. */
  readonly protocol?: () => (connection: Connection, open: (connection: Connection) => Session) => JsonSession
  /** The number of services that write to the one journal, in turns; one by default. */
  readonly services?: number
}

/** How long an acknowledged entry is only in memory, in ms. */
const lieMs = 20
/** How long a new node may request the state of the others, in ms. */
const comingMs = 10_000
const clock: Clock = systemClock

const isFull = (error: unknown): boolean => error instanceof Error && /space|full/.test(error.message)

export const plantedBugs = {
  'failure-ignored': {
    about: 'the server keeps running although its journal has failed for good',
  },
  'gaps-ignored': {
    about: 'the node requests the state from before its start, but never what it missed later',
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
  'early-answer': {
    about: 'the journal acknowledges an entry before it is stored',
    journal: (inner) => ({
      ...methodsOf(inner),
      append: (...entry) => {
        clock.after(lieMs, () => void inner.append(...entry))
        return Promise.resolve('stored')
      },
    }),
  },
  'sent-is-stored': {
    about: 'the journal reports an unknown outcome as `stored`',
    journal: (inner) => ({
      ...methodsOf(inner),
      append: (...entry) =>
        inner.append(...entry).catch((error: unknown) => {
          if (error instanceof JournalFault && error.fault === 'outcome-unknown') return 'stored'
          throw error
        }),
    }),
  },
  'full-is-stored': {
    about: 'the journal reports an entry that did not fit on the disk as `stored`',
    journal: (inner) => ({
      ...methodsOf(inner),
      append: (...entry) =>
        inner.append(...entry).catch((error: unknown) => {
          if (isFull(error)) return 'stored'
          throw error
        }),
    }),
  },
  'full-for-ever': {
    about: 'a journal that was full once refuses everything from then on',
    journal: (inner) => {
      let full: Error | null = null
      return {
        ...methodsOf(inner),
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
  'all-read': {
    about: 'the journal reads every game from its beginning, however long it is',
    journal: (inner) => ({
      ...methodsOf(inner),
      readBack: async (game, before = Infinity, limit) => {
        const entries: Entry[] = []
        for await (const page of pagesOf(inner, game)) entries.push(...page)
        return entries.filter(({ version }) => version < before).slice(-pageSize(limit))
      },
    }),
  },
  'repeat-not-recognised': simulated['repeat-not-recognised'],
  'version-ignored': {
    about: 'the version of a command is ignored',
    protocol: () => (connection, open) => changed(open(connection), (message) => message.replace(/,"version":\d+/, '')),
  },
  'two-first': {
    about: 'there are two writers, and the journal reports `stored` to both',
    services: 2,
    journal: (inner) => ({ ...methodsOf(inner), append: (...entry) => inner.append(...entry).then(() => 'stored') }),
  },
  'text-turned': {
    about: 'the text protocol exchanges columns and rows',
    protocol: () => (connection, open) =>
      connection.protocol === 'text' ? withTurnedMoves(open(connection)) : open(connection),
  },
  'own-error': {
    about: 'the WebSocket protocol has a different code for one error',
    protocol: () => (connection, open) =>
      connection.protocol === 'websocket'
        ? open(withChangedAnswers(connection, (message) => message.replace(/"code":4092,/, '"code":4095,')))
        : open(connection),
  },
} as const satisfies Readonly<Record<string, PlantedServerBug>>
export type PlantedBugName = keyof typeof plantedBugs

function changed(session: Session, change: (message: string) => string): Session {
  return withMethods(session, { hear: (message) => session.hear(change(message)) })
}

function withTurnedMoves(session: Session): Session {
  return withMethods(session, {
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
