/** Games as HTTP resources: read them, act in them, follow their changes. */
import { Fault, type GameView, makeListed, makeShown } from '../../../protocol/index.ts'
import { preferred } from '../requests/accept.ts'
import { readMembers } from '../requests/body.ts'
import { Changes, type ChangesFormat, changesTypes } from './changes.ts'
import { callMethod, type Sender, senderOf, callForSeat, authenticate } from '../requests/request-connection.ts'
import { makeLandingPage } from './landing.ts'
import { formOf } from './pages.ts'
import { type HonoApp, type Context, mayAct, type RouteContext, StatusFault } from './route-context.ts'
import { checkSeen, isCurrent, makeTag, parseIfMatch } from './version-tag.ts'

/** The addresses of commands, and their methods. The version is in If-Match. */
const commands = [
  ['/games/:game/moves', 'game.move'],
  ['/games/:game/join', 'game.join'],
  ['/games/:game/resign', 'game.resign'],
] as const

export function addGames(app: HonoApp, context: RouteContext): void {
  const { host, limits } = context.shared

  app.get('/games', async (c, next) => {
    c.header('Vary', 'Accept')
    const form = formOf(c)
    if (context.pages !== undefined && form === 'text/html') return next()
    c.header('Cache-Control', 'no-store')
    const { games } = await callMethod(host, senderOf(context.callers, c.env), 'lobby.list', {})
    if (form === 'application/json') return c.json({ games })
    const lines = `${games.length === 0 ? 'No game waits for a player.' : games.map(makeListed).join('\n')}\n`
    return form === 'text/html' ? c.html(makeLandingPage('Oxo', lines)) : c.text(lines)
  })

  app.post('/games', async (c) => {
    mayAct(context, c)
    const { incoming } = c.env
    const sender = senderOf(context.callers, c.env)
    const members = await readMembers(incoming, limits.messageBytesMax)
    const { result: view, token } = await callForSeat(host, sender, 'game.create', members)
    c.header('Location', `/games/${view.game}`)
    if (token !== null) c.header('Oxo-Token', token)
    return answerView(c, view, 201, host.history)
  })

  for (const [path, method] of commands)
    app.post(path, async (c) => {
      mayAct(context, c)
      const { incoming } = c.env
      const sender = senderOf(context.callers, c.env)
      const condition = parseIfMatch(incoming.headers['if-match'], host.history)
      const members = await readMembers(incoming, limits.messageBytesMax)
      const game = c.req.param('game')
      const params = addParams(members, { game, ...(condition === undefined ? {} : { version: condition.version }) })
      if (condition?.digest !== undefined)
        checkSeen(condition, host.stateOf(game) ?? (await callMethod(host, sender, 'game.get', { game })))
      try {
        if (method !== 'game.join')
          return answerView(c, await callMethod(host, sender, method, params), 200, host.history)
        const { result, token } = await callForSeat(host, sender, method, params)
        if (token !== null) c.header('Oxo-Token', token)
        return answerView(c, result, 200, host.history)
      } catch (fault) {
        // The version came from If-Match, so the status is that of a failed precondition.
        if (condition !== undefined && fault instanceof Fault && fault.fault === 'stale')
          throw new StatusFault(412, fault)
        throw fault
      }
    })

  app.get('/games/:game', async (c, next) => {
    c.header('Vary', 'Accept')
    if (context.pages !== undefined && formOf(c) === 'text/html') return next()
    const view = await callMethod(host, senderOf(context.callers, c.env), 'game.get', { game: c.req.param('game') })
    return showView(c, view, host.history)
  })

  app.get('/games/:game/changes', (c) => follow(context, c))
}

/** Adds the params from the address and headers to the members of the body. @throws Fault if a member has another value */
function addParams(members: object, params: Readonly<Record<string, unknown>>): object {
  const other = Object.entries(members).find(([name, value]) => Object.hasOwn(params, name) && value !== params[name])
  if (other === undefined) return { ...members, ...params }
  throw new Fault('invalid-params', `${other[0]}: the address or a header of the request has another value`)
}

function answerView(c: Context, view: GameView, status: 200 | 201, history: string): Response {
  const tag = makeTag(view, 'application/json', history)
  return c.json(view, status, { ETag: tag, 'Cache-Control': 'no-store' })
}

/** The game in the requested form; as text if the client accepts anything, such as curl. */
function showView(c: Context, view: GameView, history: string): Response | Promise<Response> {
  const form = formOf(c)
  const tag = makeTag(view, form, history)
  c.header('ETag', tag)
  // Caches may store it but must revalidate it each time.
  c.header('Cache-Control', 'no-cache')
  if (isCurrent(c.req.header('If-None-Match'), tag)) return c.body(null, 304)
  if (form === 'application/json') return c.json(view)
  const lines = `${makeShown(view).join('\n')}\n`
  if (form === 'text/html') return c.html(makeLandingPage(`Oxo ${view.game}`, lines))
  return c.text(lines)
}

async function follow(context: RouteContext, c: Context): Promise<Response> {
  const { incoming, outgoing } = c.env
  const { shared } = context
  const game = c.req.param('game')
  if (game === undefined) throw new Fault('no-such-page')
  const sender: Sender = senderOf(context.callers, c.env)
  const formats: readonly ChangesFormat[] = ['events', 'lines']
  const supports = formats.map((format) => changesTypes[format])
  const type = preferred(c, { header: 'Accept', supports, default: changesTypes.events })
  const format = formats.find((name) => changesTypes[name] === type) ?? 'events'
  const lastEventId = incoming.headers['last-event-id']
  if (incoming.method === 'HEAD') {
    await callMethod(shared.host, sender, 'game.get', { game })
    return c.body(null, 200, { 'Content-Type': changesTypes[format], 'Cache-Control': 'no-store' })
  }
  const leave = shared.book.stay(sender.address)
  // The stream bypasses the framework's response, so the common headers are copied.
  outgoing.setHeaders(c.res.headers)
  const changes = new Changes(outgoing, format, sender, shared)
  const session = shared.host.connect(changes)
  const end = (): void => {
    session.end()
    leave()
  }
  try {
    await authenticate(session, sender)
    const view = await session.call('game.watch', { game })
    changes.begin(view, lastEventId, end)
  } catch (fault) {
    end()
    throw fault
  }
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } })
}
