/** The client of Oxo for Node: it also supports `tcp:` addresses. */
import { type Client, type ClientOptions, connect as connectAnywhere } from '../index.ts'
import { dialTcp } from './tcp.ts'

/** Like `connect` of any host; in addition `tcp://HOST:PORT` uses JSON lines, which is the fastest protocol. */
export function connect(url: string | URL, options: ClientOptions = {}): Client {
  const { protocol, href } = new URL(url)
  if (protocol === 'tcp:') return connectAnywhere(url, { transport: dialTcp, ...options })
  if (options.transport === undefined && !/^(?:ws|http)s?:$/.test(protocol))
    throw new TypeError(`this host cannot connect to ${href}: name a tcp:, ws:, wss:, http: or https: address`)
  if (options.transport === undefined && !('WebSocket' in globalThis))
    throw new TypeError(`this Node has no WebSocket for ${href}: use Node 22 or newer, or name a tcp: address`)
  return connectAnywhere(url, options)
}

export * from '../index.ts'
export { dialTcp } from './tcp.ts'
