/** The record of a game as one document: read page by page, as fast as the client reads and its rate allows. */
import { sleep } from '../../../base/index.ts'
import type { ServerResponse } from 'node:http'
import { Fault, type GameRecord } from '../../../protocol/index.ts'
import type { Allowance, Connection, Session } from '../../../service/index.ts'
import { type Sender, senderOf, authenticate } from '../requests/request-connection.ts'
import type { HonoApp, Context, RouteContext } from './route-context.ts'

/** A connection that is sent nothing: the answers are the results of calls. */
class RecordConnection implements Connection {
  readonly protocol = 'http'
  readonly address: string
  readonly allowance: Allowance
  readonly close: () => void

  constructor({ address, allowance, response }: Sender) {
    this.address = address
    this.allowance = allowance
    this.close = () => response.destroy()
  }

  send(): void {}
  notify(): void {}
}

export function addRecord(app: HonoApp, context: RouteContext): void {
  app.get('/games/:game/record', async (c) => {
    const sender = senderOf(context.callers, c.env)
    const session = context.shared.host.connect(new RecordConnection(sender))
    const { response } = sender
    const end = (): void => session.end()
    response.once('close', end)
    try {
      await authenticate(session, sender)
      const game = c.req.param('game')
      const first = await session.call('game.record', { game, from: 1 })
      if (response.destroyed) return sent()
      begin(c, response)
      if (c.req.method === 'HEAD') response.end()
      else void write(context, response, session, first)
    } catch (fault) {
      response.off('close', end)
      end()
      throw fault
    }
    return sent()
  })
}

/** Begins the response, which bypasses the framework's response, so the common headers are copied. */
function begin(c: Context, response: ServerResponse): void {
  response.setHeaders(c.res.headers)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
}

async function write(
  context: RouteContext,
  response: ServerResponse,
  session: Session,
  first: GameRecord,
): Promise<void> {
  const { game } = first
  try {
    let page = first
    let { head } = page
    let text = `{"game":${JSON.stringify(game)},"entries":[${textOf(page)}`
    while (page.next !== undefined) {
      await writeChunk(response, text)
      page = await readPage(context, session, game, page.next)
      text = page.entries.length === 0 ? '' : `,${textOf(page)}`
      head = page.entries.length === 0 ? head : page.head
    }
    response.end(`${text}],"head":"${head}"}`)
  } catch {
    // The client sees that the document is incomplete.
    response.destroy()
  }
}

/** Reads a page; waits and retries if the rate is exceeded. @throws Fault */
async function readPage(context: RouteContext, session: Session, game: string, from: number): Promise<GameRecord> {
  for (;;) {
    try {
      return await session.call('game.record', { game, from })
    } catch (fault) {
      const retryAfterMs =
        fault instanceof Fault && fault.fault === 'rate-limited' ? fault.detail.retryAfterMs : undefined
      if (retryAfterMs === undefined) throw fault
      await sleep(context.shared.clock, retryAfterMs)
    }
  }
}

/** Resolves when the text was sent, or the response is closed. */
async function writeChunk(response: ServerResponse, text: string): Promise<void> {
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
