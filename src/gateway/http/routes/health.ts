/** What machines ask: is it alive, is it ready, what does it count. */
import type { Clock } from '../../../base/index.ts'
import { makeBehind } from './cluster.ts'
import type { App, RouteContext } from './route-context.ts'

/** Numbers are written once in this time, in ms: they take a millisecond, and are looked at every few seconds. */
const metricsMs = 1_000

export function addHealth(app: App, site: RouteContext): void {
  app.get('/livez', (c) => c.text('alive\n', 200, { 'Cache-Control': 'no-store' }))

  app.get('/readyz', async (c) => {
    const { ready, draining, checks } = await site.shared.host.readiness()
    const isReady = ready && !draining && !site.isDraining()
    const closing = site.isDraining() ? { accepting: 'the server is closing' } : {}
    const lines = [isReady ? 'ready' : 'not ready']
    if (c.req.query('verbose') !== undefined)
      lines.push(
        ...Object.entries({ ...checks, ...closing, ...(await countsOf(site)) }).map(
          ([name, state]) => `${name}: ${state}`,
        ),
      )
    return c.text(`${lines.join('\n')}\n`, isReady ? 200 : 503, { 'Cache-Control': 'no-store' })
  })

  const { metrics, shared } = site
  const numbers = keepFor(metricsMs, shared.clock, () => metrics.text())
  app.get('/metrics', async (c) =>
    c.body(await numbers(), 200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }),
  )
}

/** What `make` gave, to everybody who asks within so many ms. */
function keepFor<Made>(ms: number, clock: Clock, make: () => Promise<Made>): () => Promise<Made> {
  let kept: Promise<Made> | null = null
  let madeAt = -Infinity
  return () => {
    const now = clock.now()
    if (kept === null || now - madeAt >= ms) [kept, madeAt] = [make(), now]
    return kept
  }
}

/** What `/cluster` says of this node. */
async function countsOf({ status }: RouteContext): Promise<Readonly<Record<string, string | number>>> {
  if (status === undefined) return {}
  const node = await status.node()
  const { liveGames, connections, commandsPerSecond, upSeconds, version } = node
  const behind = makeBehind(node)
  return {
    games: liveGames,
    connections,
    'commands a second': commandsPerSecond,
    ...(behind === '' ? {} : { 'entries behind the journal': behind }),
    'seconds up': Math.floor(upSeconds),
    version,
  }
}
