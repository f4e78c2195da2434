/**
 * Combines the routes and turns every error into a problem.
 *
 * | address                                   | methods   | serves                                   | file         |
 * | ----------------------------------------- | --------- | ---------------------------------------- | ------------ |
 * | `/`                                       | GET       | the page, or how to play                 | `pages.ts`   |
 * | `/games`                                  | GET, POST | the lobby; creates a game                | `games.ts`   |
 * | `/games/:game`                            | GET       | a game as page, text or JSON             | `games.ts`   |
 * | `/games/:game/moves`, `/join`, `/resign`  | POST      | one command                              | `games.ts`   |
 * | `/games/:game/changes`                    | GET       | a stream of the states                   | `changes.ts` |
 * | `/games/:game/record`                     | GET       | the whole record                         | `record.ts`  |
 * | `/games/:game/picture.png`                | GET       | the position as a picture                | `picture.ts` |
 * | `/embed/games/:game`                      | GET       | a game for frames of other sites         | `pages.ts`   |
 * | `/rpc`                                    | POST      | one JSON-RPC request                     | `rpc.ts`     |
 * | `/ws`                                     | GET       | 426: an upgrade never gets here          | `rpc.ts`     |
 * | `/openrpc.json`, `/asyncapi.json`         | GET       | the tables of methods and notifications  | `rpc.ts`     |
 * | `/livez`, `/readyz`, `/metrics`           | GET       | for monitoring                           | `health.ts`  |
 * | `/cluster`                                | GET       | nodes, streams and copies                | `cluster.ts` |
 * | any other                                 | GET       | a file of the pages, or "not found"      | `pages.ts`   |
 */
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { methodNotAllowed } from 'hono/method-not-allowed'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Fault } from '../../../protocol/index.ts'
import { addCluster } from './cluster.ts'
import { addGames } from './games.ts'
import { addHealth } from './health.ts'
import { makeSecurityHeaders } from '../requests/security-headers.ts'
import { checkHeaders } from '../requests/header-checks.ts'
import { addLinkPreviews } from './link-preview.ts'
import { addPages, showPage } from './pages.ts'
import { makeProblem, problemType, retryAfterOf } from '../requests/problem.ts'
import { addPicture } from './picture.ts'
import { addRecord } from './record.ts'
import { addRpc } from './rpc.ts'
import { type HonoApp, type Context, type RouteContext, StatusFault } from './route-context.ts'

export function makeApp(context: RouteContext): HonoApp {
  // A trailing slash does not change the address.
  const app: HonoApp = new Hono({ strict: false })
  app.use(makeSecurityHeaders())
  app.use(async (c, next) => {
    await next()
    // After a refusal, later bytes of the connection must not be served as requests.
    if (c.res.status >= 400 || context.isDraining()) c.header('Connection', 'close')
  })
  app.use(async ({ env: { incoming } }, next) => {
    checkHeaders(incoming)
    context.callers.pay(incoming)
    await next()
  })
  addCors(app, context)
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }))
  addLinkPreviews(app, context)
  addHealth(app, context)
  addCluster(app, context)
  addRpc(app, context)
  addGames(app, context)
  addRecord(app, context)
  addPicture(app, context)
  addPages(app, context)
  app.notFound((c) => showPage(c, context) ?? answerProblem(c, new Fault('no-such-page')))
  app.onError((cause, c) => {
    if (cause instanceof Fault) return answerProblem(c, cause)
    context.shared.log.error({ reason: cause.message }, 'request failed')
    return answerProblem(c, new Fault('internal'))
  })
  return app
}

/** CORS: pages of allowed origins may read the answers. */
function addCors(app: HonoApp, { origins }: RouteContext): void {
  const allow = cors({
    origin: (origin) => origin,
    allowMethods: ['GET', 'HEAD', 'POST'],
    allowHeaders: ['authorization', 'content-type', 'if-match', 'if-none-match', 'last-event-id'],
    exposeHeaders: ['etag', 'location', 'oxo-token', 'retry-after'],
    maxAge: 600,
  })
  app.use((c, next) => (origins.allows(c.req.header('Origin') ?? '') ? allow(c, next) : next()))
}

function refuseMethod(c: Context, verbs: readonly string[]): Response {
  c.header('Allow', verbs.join(', '))
  return answerProblem(c, new Fault('wrong-verb', `this address takes ${verbs.join(', ')}`))
}

function answerProblem(c: Context, fault: Fault): Response {
  const problem = makeProblem(fault, fault instanceof StatusFault ? fault.status : undefined)
  const retryAfter = retryAfterOf(fault)
  if (retryAfter !== undefined) c.header('Retry-After', retryAfter)
  if (problem.status === 401) c.header('WWW-Authenticate', 'Bearer')
  c.header('Content-Type', problemType)
  c.header('Cache-Control', 'no-store')
  // Every code of the error table gives a valid status; the type lists statuses one by one.
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode)
}
