/** JSON-RPC over HTTP: one request per POST. */
import { createHash } from 'node:crypto'
import { Fault } from '../../../protocol/index.ts'
import { makeAsyncApi } from '../../../protocol/schema/index.ts'
import { readBodyText } from '../requests/body.ts'
import { callMethod, senderOf, relay } from '../requests/request-connection.ts'
import { type HonoApp, mayAct, type RouteContext, StatusFault } from './route-context.ts'
import { isCurrent } from './version-tag.ts'

/** The members of the OpenRPC document that this file reads. */
interface Discovered {
  readonly info: { readonly version: string }
}

interface Written {
  readonly text: string
  readonly tag: string
}

/** The JSON of a document. It is cached because writing it takes a millisecond. */
const written = new WeakMap<object, Written>()

function writtenOf(document: object): Written {
  const known = written.get(document)
  if (known !== undefined) return known
  const text = JSON.stringify(document)
  const made = { text, tag: `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` }
  written.set(document, made)
  return made
}

export function addRpc(app: HonoApp, context: RouteContext): void {
  const { host, limits } = context.shared

  app.post('/rpc', async (c) => {
    mayAct(context, c)
    const { incoming } = c.env
    const sender = senderOf(context.callers, c.env)
    const answer = await relay(host, sender, await readBodyText(incoming, limits.messageBytesMax))
    c.header('Cache-Control', 'no-store')
    return answer === null ? c.body(null, 204) : c.body(answer, 200, { 'Content-Type': 'application/json' })
  })

  // Requests with an Upgrade header never reach this route.
  app.get('/ws', (c) => {
    c.header('Upgrade', 'websocket')
    throw new StatusFault(426, new Fault('not-understood', 'this address is for WebSockets: send an Upgrade header'))
  })

  /** The OpenRPC document, or another one about the same version of the server. */
  const describe = (path: string, documentOf: (discovered: Discovered) => object): void => {
    app.get(path, async (c) => {
      const discovered = await callMethod(host, senderOf(context.callers, c.env), 'rpc.discover', {})
      const { text, tag } = writtenOf(documentOf(discovered as Discovered))
      c.header('ETag', tag)
      c.header('Cache-Control', 'no-cache')
      if (isCurrent(c.req.header('If-None-Match'), tag)) return c.body(null, 304)
      return c.body(text, 200, { 'Content-Type': 'application/json' })
    })
  }
  describe('/openrpc.json', (discovered) => discovered)
  let asyncApi: object | null = null
  describe('/asyncapi.json', ({ info }) => (asyncApi ??= makeAsyncApi(info.version)))
}
