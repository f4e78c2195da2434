/** Games as resources: read, act, follow. */
import { Fault, type GameView, makeListed, makeShown } from '../../../protocol/index.ts'
import { preferred } from '../server/accept.ts'
import { readMembers } from '../server/body.ts'
import { Changes, type ChangesFormat, changesTypes } from './changes.ts'
import { ask, type Asker, askerOf, askForSeat, prove } from '../server/request-connection.ts'
import { makePage } from './landing.ts'
import { formOf } from './pages.ts'
import { type App, type Context, mayAct, type RouteContext, StatusFault } from './route-context.ts'
import { checkSeen, isCurrent, makeTag, parseIfMatch } from './version-tag.ts'

/** Addresses that act, and the method each stands for. The version goes in If-Match. */
const commands = [
  ['/games/:game/moves', 'game.move'],
  ['/games/:game/join', 'game.join'],
  ['/games/:game/resign', 'game.resign'],
] as const

export function addGames(app: App, site: RouteContext): void {
  const { host, limits } = site.shared

  app.get('/games', async (c, next) => {
    c.header('Vary', 'Accept')
    const form = formOf(c)
    if (site.pages !== undefined && form === 'text/html') return next()
    c.header('Cache-Control', 'no-store')
    const { games } = await ask(host, askerOf(site.callers, c.env), 'lobby.list', {})
    if (form === 'application/json') return c.json({ games })
    const lines = `${games.length === 0 ? 'No game waits for a player.' : games.map(makeListed).join('\n')}\n`
    return form === 'text/html' ? c.html(makePage('Oxo', lines)) : c.text(lines)
  })

  app.post('/games', async (c) => {
    mayAct(site, c)
    const { incoming } = c.env
    const asker = askerOf(site.callers, c.env)
    const members = await readMembers(incoming, limits.messageBytesMax)
    const { result: view, token } = await askForSeat(host, asker, 'game.create', members)
    c.header('Location', `/games/${view.game}`)
    if (token !== null) c.header('Oxo-Token', token)
    return answerView(c, view, 201, host.history)
  })

  for (const [path, method] of commands)
    app.post(path, async (c) => {
      mayAct(site, c)
      const { incoming } = c.env
      const asker = askerOf(site.callers, c.env)
      const seen = parseIfMatch(incoming.headers['if-match'], host.history)
      const members = await readMembers(incoming, limits.messageBytesMax)
      const game = c.req.param('game')
      const params = addTo(members, { game, ...(seen === undefined ? {} : { version: seen.version }) })
      if (seen?.digest !== undefined)
        checkSeen(seen, host.stateOf(game) ?? (await ask(host, asker, 'game.get', { game })))
      try {
        if (method !== 'game.join') return answerView(c, await ask(host, asker, method, params), 200, host.history)
        const { result, token } = await askForSeat(host, asker, method, params)
        if (token !== null) c.header('Oxo-Token', token)
        return answerView(c, result, 200, host.history)
      } catch (fault) {
        // The condition was the header's, so the answer is the one that HTTP has for conditions.
        if (seen !== undefined && fault instanceof Fault && fault.fault === 'stale') throw new StatusFault(412, fault)
        throw fault
      }
    })

  app.get('/games/:game', async (c, next) => {
    c.header('Vary', 'Accept')
    if (site.pages !== undefined && formOf(c) === 'text/html') return next()
    const view = await ask(host, askerOf(site.callers, c.env), 'game.get', { game: c.req.param('game') })
    return showView(c, view, host.history)
  })

  app.get('/games/:game/changes', (c) => follow(site, c))
}

/** What address and header say, with the body's members, which may say the same but nothing else. @throws Fault */
function addTo(members: object, said: Readonly<Record<string, unknown>>): object {
  const other = Object.entries(members).find(([name, value]) => Object.hasOwn(said, name) && value !== said[name])
  if (other === undefined) return { ...members, ...said }
  throw new Fault('invalid-params', `${other[0]}: the address or a header of the request says something else`)
}

function answerView(c: Context, view: GameView, status: 200 | 201, history: string): Response {
  const tag = makeTag(view, 'application/json', history)
  return c.json(view, status, { ETag: tag, 'Cache-Control': 'no-store' })
}

/** In the form that was asked for; the board is for whoever does not care, such as curl. */
function showView(c: Context, view: GameView, history: string): Response | Promise<Response> {
  const form = formOf(c)
  const tag = makeTag(view, form, history)
  c.header('ETag', tag)
  // Kept, but asked for again each time.
  c.header('Cache-Control', 'no-cache')
  if (isCurrent(c.req.header('If-None-Match'), tag)) return c.body(null, 304)
  if (form === 'application/json') return c.json(view)
  const lines = `${makeShown(view).join('\n')}\n`
  if (form === 'text/html') return c.html(makePage(`Oxo ${view.game}`, lines))
  return c.text(lines)
}

async function follow(site: RouteContext, c: Context): Promise<Response> {
  const { incoming, outgoing } = c.env
  const { shared } = site
  const game = c.req.param('game')
  if (game === undefined) throw new Fault('no-such-page')
  const asker: Asker = askerOf(site.callers, c.env)
  const formats: readonly ChangesFormat[] = ['events', 'lines']
  const supports = formats.map((format) => changesTypes[format])
  const type = preferred(c, { header: 'Accept', supports, default: changesTypes.events })
  const format = formats.find((name) => changesTypes[name] === type) ?? 'events'
  const seen = incoming.headers['last-event-id']
  if (incoming.method === 'HEAD') {
    await ask(shared.host, asker, 'game.get', { game })
    return c.body(null, 200, { 'Content-Type': changesTypes[format], 'Cache-Control': 'no-store' })
  }
  const leave = shared.book.stay(asker.address)
  // What every answer says stands in a response of its own, and this one is written past it.
  outgoing.setHeaders(c.res.headers)
  const changes = new Changes(outgoing, format, asker, shared)
  const caller = shared.host.connect(changes)
  const end = (): void => {
    caller.end()
    leave()
  }
  try {
    await prove(caller, asker)
    const view = await caller.call('game.watch', { game })
    changes.begin(view, seen, end)
  } catch (fault) {
    end()
    throw fault
  }
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } })
}
