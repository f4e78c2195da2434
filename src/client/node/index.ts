/** The client of Oxo for Node: as elsewhere, and `tcp:` addresses as well. */
import { type Client, type ClientOptions, connect as connectAnywhere } from '../index.ts'
import { dialTcp } from './tcp.ts'

/** As the client of any host; `tcp://HOST:PORT` speaks JSON lines, which is the fastest door. */
export function connect(url: string | URL, options: ClientOptions = {}): Client {
  const isTcp = new URL(url).protocol === 'tcp:'
  return connectAnywhere(url, isTcp ? { transport: dialTcp, ...options } : options)
}

export * from '../index.ts'
export { dialTcp } from './tcp.ts'
