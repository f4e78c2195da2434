/** The record of a game as a document: read page by page, as fast as its reader takes it and its address may ask. */
import type { ServerResponse } from 'node:http'
import { Fault, type GameRecord } from '../../../protocol/index.ts'
import type { Connection, Allowance } from '../../../service/index.ts'
import type { Caller } from '../../host.ts'
import { type Asker, askerOf, prove } from '../server/request-connection.ts'
import type { App, Context, RouteContext } from './route-context.ts'

/** Nothing is said to it but answers, which are calls' results. */
class Reading implements Connection {
  readonly protocol = 'http'
  readonly address: string
  readonly allowance: Allowance
  readonly close: () => void

  constructor({ address, allowance, response }: Asker) {
    this.address = address
    this.allowance = allowance
    this.close = () => response.destroy()
  }

  send(): void {}
  sendNewest(): void {}
}

export function addRecord(app: App, site: RouteContext): void {
  app.get('/games/:game/record', async (c) => {
    const asker = askerOf(site.callers, c.env)
    const caller = site.shared.host.connect(new Reading(asker))
    const { response } = asker
    const end = (): void => caller.end()
    response.once('close', end)
    try {
      await prove(caller, asker)
      const game = c.req.param('game')
      const first = await caller.call('game.record', { game, from: 1 })
      if (response.destroyed) return sent()
      begin(c, response)
      if (c.req.method === 'HEAD') response.end()
      else void write(site, response, caller, first)
    } catch (fault) {
      response.off('close', end)
      end()
      throw fault
    }
    return sent()
  })
}

/** What every answer says stands in a response of its own, and this one is written past it. */
function begin(c: Context, response: ServerResponse): void {
  response.setHeaders(c.res.headers)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
}

async function write(site: RouteContext, response: ServerResponse, caller: Caller, first: GameRecord): Promise<void> {
  const { game } = first
  try {
    let page = first
    let { head } = page
    let text = `{"game":${JSON.stringify(game)},"entries":[${textOf(page)}`
    while (page.next !== undefined) {
      await push(response, text)
      page = await readPage(site, caller, game, page.next)
      text = page.entries.length === 0 ? '' : `,${textOf(page)}`
      head = page.entries.length === 0 ? head : page.head
    }
    response.end(`${text}],"head":"${head}"}`)
  } catch {
    // The reader sees that it is not whole.
    response.destroy()
  }
}

/** What is asked too early is asked again when it was told. @throws Fault */
async function readPage(site: RouteContext, caller: Caller, game: string, from: number): Promise<GameRecord> {
  for (;;) {
    try {
      return await caller.call('game.record', { game, from })
    } catch (fault) {
      const retryAfterMs =
        fault instanceof Fault && fault.fault === 'rate-limited' ? fault.detail.retryAfterMs : undefined
      if (retryAfterMs === undefined) throw fault
      await new Promise<void>((resolve) => void site.shared.clock.after(retryAfterMs, resolve))
    }
  }
}

/** Resolves when it has left, or nobody takes it any more. */
async function push(response: ServerResponse, text: string): Promise<void> {
  if (response.write(text) || response.closed) return
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('drain', resolve)
  response.once('close', resolve)
  await promise
  response.off('drain', resolve)
  response.off('close', resolve)
}

function textOf({ entries }: GameRecord): string {
  return JSON.stringify(entries).slice(1, -1)
}

function sent(): Response {
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } })
}
