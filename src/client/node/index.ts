/** The client of Oxo for Node: as elsewhere, and `tcp:` addresses as well. */
import { type Client, type ClientOptions, connect as connectAnywhere } from '../index.ts'
import { dialTcp } from './tcp.ts'

/** As the client of any host; `tcp://HOST:PORT` speaks JSON lines, which is the fastest protocol. */
export function connect(url: string | URL, options: ClientOptions = {}): Client {
  const { protocol, href } = new URL(url)
  if (protocol === 'tcp:') return connectAnywhere(url, { transport: dialTcp, ...options })
  if (options.transport === undefined && !/^(?:ws|http)s?:$/.test(protocol))
    throw new TypeError(`there is no way to ${href} from here: name a tcp:, ws:, wss:, http: or https: address`)
  if (options.transport === undefined && !('WebSocket' in globalThis))
    throw new TypeError(`this Node has no WebSocket for ${href}: use Node 22 or newer, or name a tcp: address`)
  return connectAnywhere(url, options)
}

export * from '../index.ts'
export { dialTcp } from './tcp.ts'
