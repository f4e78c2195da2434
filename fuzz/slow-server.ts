/** A server that works too long on lines that are no command. The test of floods must detect it. */
import type { Host } from '../src/gateway/index.ts'
import { wrapSession } from '../src/service/testing/wrap-session.ts'
import { openTestServer } from './lib/server-in-process.ts'

const workMs = 1

/** Blocks for a while, as a slow regular expression or the search of a large table would. */
function slow(host: Host): Host {
  return {
    history: host.history,
    stateOf: (game) => host.stateOf(game),
    connect(connection) {
      const session = host.connect(connection)
      return wrapSession(session, {
        charge() {
          const end = performance.now() + workMs
          while (performance.now() < end);
          session.charge()
        },
      })
    },
    allowance: (address) => host.allowance(address),
    readiness: () => host.readiness(),
    drain: (reason, reconnectInMs) => host.drain(reason, reconnectInMs),
  }
}

const { gateway } = await openTestServer({ wrap: slow })
console.log(`listening on ${gateway.address.url}`)
