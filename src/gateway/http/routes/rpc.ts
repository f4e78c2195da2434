/** JSON-RPC over HTTP: one request a POST. */
import { createHash } from 'node:crypto'
import { Fault } from '../../../protocol/index.ts'
import { readText } from '../server/body.ts'
import { ask, askerOf, relay } from '../server/request-connection.ts'
import { type App, mayAct, type RouteContext, StatusFault } from './route-context.ts'
import { isCurrent } from './version-tag.ts'

interface Written {
  readonly text: string
  readonly tag: string
}

/** A server has one document, which takes a millisecond to write: that is done once. */
const written = new WeakMap<object, Written>()

function writtenOf(document: object): Written {
  const known = written.get(document)
  if (known !== undefined) return known
  const text = JSON.stringify(document)
  const made = { text, tag: `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` }
  written.set(document, made)
  return made
}

export function addRpc(app: App, site: RouteContext): void {
  const { host, limits } = site.shared

  app.post('/rpc', async (c) => {
    mayAct(site, c)
    const { incoming } = c.env
    const asker = askerOf(site.callers, c.env)
    const answer = await relay(host, asker, await readText(incoming, limits.messageBytesMax))
    c.header('Cache-Control', 'no-store')
    return answer === null ? c.body(null, 204) : c.body(answer, 200, { 'Content-Type': 'application/json' })
  })

  // What asks for the upgrade never comes here.
  app.get('/ws', (c) => {
    c.header('Upgrade', 'websocket')
    throw new StatusFault(426, new Fault('not-understood', 'this address is for WebSockets, and there was no Upgrade'))
  })

  app.get('/openrpc.json', async (c) => {
    const document = (await ask(host, askerOf(site.callers, c.env), 'rpc.discover', {})) as object
    const { text, tag } = writtenOf(document)
    c.header('ETag', tag)
    c.header('Cache-Control', 'no-cache')
    if (isCurrent(c.req.header('If-None-Match'), tag)) return c.body(null, 304)
    return c.body(text, 200, { 'Content-Type': 'application/json' })
  })
}
