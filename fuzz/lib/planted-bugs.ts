/** Typical bugs to plant between the gateway and the service, which the fuzzer must find. */
import type { Host } from '../../src/gateway/index.ts'
import { withMethods, withSessions } from '../../src/gateway/testing/wrap-host.ts'
import type { Connection, Session } from '../../src/service/index.ts'

export const plants = {
  crash: 'the key "constructor" is looked up in a plain object',
  hang: 'a regular expression with catastrophic backtracking',
  leak: 'every message is kept in memory',
  deaf: 'after a null byte all messages are dropped',
  echo: 'unknown input is echoed unchanged',
} as const
type Plant = keyof typeof plants

/** Wraps the host with the bug; returns the host itself for null. */
export function plantIn(host: Host, plant: string | null): Host {
  if (plant === null) return host
  const bug = makeBug(plant as Plant)
  return withSessions(host, (connection) => withBug(host.connect(connection), connection, bug))
}

/** Called before a message is handled. False: the message is dropped. */
type Bug = (message: string, connection: Connection) => boolean

function withBug(session: Session, connection: Connection, bug: Bug): Session {
  return withMethods(session, {
    hear: (message) => {
      if (bug(message, connection)) session.hear(message)
    },
    call: (method, params) => {
      bug(JSON.stringify(params), connection)
      return session.call(method, params)
    },
  })
}

function makeBug(plant: Plant): Bug {
  switch (plant) {
    case 'crash': {
      const shortcuts: Record<string, string> = { b: 'board', q: 'quit' }
      return (message) => {
        for (const word of message.split(/\W+/)) shortcuts[word]?.toUpperCase()
        return true
      }
    }
    case 'hang':
      return (message) => !/\w+\w+\w+#$/.test(message)
    case 'leak': {
      const kept: Buffer[] = []
      return (message) => kept.push(Buffer.alloc(16_384, message || ' ')) > 0
    }
    case 'deaf': {
      let isDeaf = false
      return (message) => {
        isDeaf ||= message.includes('\\u0000') || message.includes('%00')
        return !isDeaf
      }
    }
    case 'echo':
      return (message, connection) => {
        if (!message.includes('\u009b') && !message.includes('\u202e')) return true
        connection.send(message)
        return false
      }
  }
}
