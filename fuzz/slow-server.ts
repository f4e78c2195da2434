/** A server that takes its time over every line, whoever sends it: the test of floods must notice. */
import type { Host } from '../src/gateway/index.ts'
import { openHouse } from './lib/server-in-process.ts'

const workMs = 1

/** Works, for as long as the reader of a slow pattern or a large table would. */
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

const { gateway } = await openHouse({ wrap: slow })
console.log(`listening on ${gateway.address.url}`)
