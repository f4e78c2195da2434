/** Bugs put in between the gateway and the service: what a fuzzer must find, as people write it. */
import type { Caller, Host } from '../../src/gateway/index.ts'
import type { Connection } from '../../src/service/index.ts'

export const plants = {
  crash: 'a table that is a plain object is asked for "constructor"',
  hang: 'a pattern that goes back again and again',
  leak: 'what was heard is kept',
  deaf: 'after a null byte nobody is heard any more',
  echo: 'what is not understood is repeated as it came',
} as const
type Plant = keyof typeof plants

/** The host with the bug in it; itself for null. */
export function plantIn(host: Host, plant: string | null): Host {
  if (plant === null) return host
  const bug = makeBug(plant as Plant)
  return {
    history: host.history,
    stateOf: (game) => host.stateOf(game),
    connect: (connection) => bend(host.connect(connection), connection, bug),
    allowance: (address) => host.allowance(address),
    readiness: () => host.readiness(),
    drain: (reason, reconnectInMs) => host.drain(reason, reconnectInMs),
  }
}

/** What happens before a message is heard; false: it is not heard at all. */
type Bug = (message: string, connection: Connection) => boolean

function bend(caller: Caller, connection: Connection, bug: Bug): Caller {
  return {
    hear: (message) => {
      if (bug(message, connection)) caller.hear(message)
    },
    call: (method, params) => {
      bug(JSON.stringify(params), connection)
      return caller.call(method, params)
    },
    finish: () => caller.finish(),
    end: () => caller.end(),
  }
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
