/** The routes put together, and every error turned into a problem. */
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { methodNotAllowed } from 'hono/method-not-allowed'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Fault } from '../../../protocol/index.ts'
import { addCluster } from './cluster.ts'
import { addGames } from './games.ts'
import { addHealth } from './health.ts'
import { makeSecurityHeaders } from '../server/security-headers.ts'
import { checkHeaders } from '../server/header-checks.ts'
import { addPages, showPage } from './pages.ts'
import { makeProblem, problemType, retryAfterOf } from '../server/problem.ts'
import { addRecord } from './record.ts'
import { addRpc } from './rpc.ts'
import { type App, type Context, type RouteContext, StatusFault } from './route-context.ts'

export function makeApp(site: RouteContext): App {
  // An address with a slash at its end is the same one.
  const app: App = new Hono({ strict: false })
  app.use(makeSecurityHeaders())
  app.use(async (c, next) => {
    await next()
    // After a refusal nothing that came behind it on the connection may be taken for a request.
    if (c.res.status >= 400 || site.isDraining()) c.header('Connection', 'close')
  })
  app.use(async ({ env: { incoming } }, next) => {
    checkHeaders(incoming)
    site.callers.pay(incoming)
    await next()
  })
  share(app, site)
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseVerb }))
  addHealth(app, site)
  addCluster(app, site)
  addRpc(app, site)
  addGames(app, site)
  addRecord(app, site)
  addPages(app, site)
  app.notFound((c) => showPage(c, site) ?? answerProblem(c, new Fault('no-such-page')))
  app.onError((cause, c) => {
    if (cause instanceof Fault) return answerProblem(c, cause)
    site.shared.log.error({ reason: cause.message }, 'request failed')
    return answerProblem(c, new Fault('internal'))
  })
  return app
}

/** Pages of allowed origins may read what they asked for: a browser keeps it from them unless it is told so. */
function share(app: App, { origins }: RouteContext): void {
  const allow = cors({
    origin: (origin) => origin,
    allowMethods: ['GET', 'HEAD', 'POST'],
    allowHeaders: ['authorization', 'content-type', 'if-match', 'if-none-match', 'last-event-id'],
    exposeHeaders: ['etag', 'location', 'oxo-token', 'retry-after'],
    maxAge: 600,
  })
  app.use((c, next) => (origins.allows(c.req.header('Origin') ?? '') ? allow(c, next) : next()))
}

function refuseVerb(c: Context, verbs: readonly string[]): Response {
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
  // The table's codes are statuses; the type that asks for one lists them all.
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode)
}
