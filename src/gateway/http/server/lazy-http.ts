/** What is behind the HTTP protocol: the routes, and the handshake of WebSockets. Loaded once the server listens. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { WebSocketServer } from 'ws'
import { Fault } from '../../../protocol/index.ts'
import { makeApp } from '../routes/app.ts'
import { makeProblem, problemType } from './problem.ts'
import type { RouteContext } from '../routes/route-context.ts'

export interface LazyHttp {
  answer(request: IncomingMessage, response: ServerResponse): void
  readonly webSockets: WebSocketServer
}

/** `hostname`: what the gateway listens on, for requests without a Host. */
export function openLazyHttp(site: RouteContext, hostname: string): LazyHttp {
  const listener = getRequestListener(makeApp(site).fetch, {
    hostname,
    overrideGlobalObjects: false,
    errorHandler: (cause) => refuseAddress(cause),
  })
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: site.shared.limits.messageBytesMax,
    perMessageDeflate: false,
    // None of those asked for is spoken here.
    handleProtocols: () => false,
    // The connection answers pings itself: many at once with one pong.
    autoPong: false,
  })
  return { answer: (request, response) => void listener(request, response), webSockets }
}

/** The request's line and Host make no URL. */
function refuseAddress(cause: unknown): Response {
  const problem = makeProblem(new Fault('not-understood', 'the address or the Host header is malformed', { cause }))
  const headers = { 'Content-Type': problemType, 'X-Content-Type-Options': 'nosniff', Connection: 'close' }
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}
