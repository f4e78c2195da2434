/** JSON-RPC over HTTP: one request a POST. */
import { Fault } from '../../protocol/index.ts'
import { readText } from './body.ts'
import { ask, askerOf, relay } from './exchange.ts'
import { type App, mayAct, type Site, StatusFault } from './site.ts'

export function addRpc(app: App, site: Site): void {
  const { host, limits } = site.shared

  app.post('/rpc', async (c) => {
    mayAct(site, c)
    const { incoming } = c.env
    const asker = askerOf(site.callers, incoming)
    const answer = await relay(host, asker, await readText(incoming, limits.messageBytesMax))
    c.header('Cache-Control', 'no-store')
    return answer === null ? c.body(null, 204) : c.body(answer, 200, { 'Content-Type': 'application/json' })
  })

  // What asks for the upgrade never comes here.
  app.get('/ws', (c) => {
    c.header('Upgrade', 'websocket')
    throw new StatusFault(426, new Fault('not-understood', 'this address is for WebSockets, and there was no Upgrade'))
  })

  app.get('/openrpc.json', async (c) =>
    c.json(await ask(host, askerOf(site.callers, c.env.incoming), 'rpc.discover', {})),
  )
}
