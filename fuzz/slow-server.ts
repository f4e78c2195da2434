/** A server that works too long on lines that are no command. The test of floods must detect it. */
import type { Host } from '../src/gateway/index.ts'
import { openTestServer } from '../src/gateway/testing/server.ts'
import { withMethods, withSessions } from '../src/gateway/testing/wrap-host.ts'

const workMs = 10

/** Blocks for a while, as a slow regular expression or the search of a large table would. */
const slow = (host: Host): Host =>
  withSessions(host, (connection) => {
    const session = host.connect(connection)
    return withMethods(session, {
      charge() {
        const end = performance.now() + workMs
        while (performance.now() < end);
        session.charge()
      },
    })
  })

const { gateway } = await openTestServer({ wrap: slow })
console.log(`listening on ${gateway.address.url}`)
