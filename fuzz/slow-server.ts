/** A server that works too long on certain lines. The test of floods must detect it. */
import type { Host } from '../src/gateway/index.ts'
import { openTestServer } from './lib/server-in-process.ts'

const workMs = 1

/** Blocks for a while, as a slow regular expression or the search of a large table would. */
function slow(host: Host): Host {
  return {
    history: host.history,
    stateOf: (game) => host.stateOf(game),
    connect(connection) {
      const caller = host.connect(connection)
      return {
        hear(message) {
          const end = performance.now() + (message === 'x' ? workMs : 0)
          while (performance.now() < end);
          caller.hear(message)
        },
        call: (method, params) => caller.call(method, params),
        finish: () => caller.finish(),
        end: () => caller.end(),
      }
    },
    allowance: (address) => host.allowance(address),
    readiness: () => host.readiness(),
    drain: (reason, reconnectInMs) => host.drain(reason, reconnectInMs),
  }
}

const { gateway } = await openTestServer({ wrap: slow })
console.log(`listening on ${gateway.address.url}`)
