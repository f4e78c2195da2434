/** The routes and the WebSocket handshake. This module is loaded after the server listens. */
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

/** @param hostname the name that the gateway listens on, for requests without a Host header. */
export function openLazyHttp(context: RouteContext, hostname: string): LazyHttp {
  const listener = getRequestListener(makeApp(context).fetch, {
    hostname,
    overrideGlobalObjects: false,
    errorHandler: (cause) => refuseAddress(cause),
  })
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: context.shared.limits.messageBytesMax,
    perMessageDeflate: false,
    // No subprotocol is supported.
    handleProtocols: () => false,
    // WebSocketConnection answers pings itself, many at once with one pong.
    autoPong: false,
  })
  return { answer: (request, response) => void listener(request, response), webSockets }
}

/** The answer if the request line and the Host header do not form a URL. */
function refuseAddress(cause: unknown): Response {
  const problem = makeProblem(new Fault('not-understood', 'the address or the Host header is malformed', { cause }))
  const headers = { 'Content-Type': problemType, 'X-Content-Type-Options': 'nosniff', Connection: 'close' }
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}
