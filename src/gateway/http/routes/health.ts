/** The addresses for monitoring: liveness, readiness and metrics. */
import type { Clock } from '../../../base/index.ts'
import { makeBehind } from './cluster.ts'
import type { HonoApp, RouteContext } from './route-context.ts'

/** How long the text of the metrics is cached, in ms: writing it takes a millisecond. */
const metricsMs = 1_000

export function addHealth(app: HonoApp, context: RouteContext): void {
  app.get('/livez', (c) => c.text('alive\n', 200, { 'Cache-Control': 'no-store' }))

  app.get('/readyz', async (c) => {
    const { ready, draining, checks } = await context.shared.host.readiness()
    const isReady = ready && !draining && !context.isDraining()
    const closing = context.isDraining() ? { accepting: 'the server is closing' } : {}
    const lines = [isReady ? 'ready' : 'not ready']
    if (c.req.query('verbose') !== undefined)
      lines.push(
        ...Object.entries({ ...checks, ...closing, ...(await countsOf(context)) }).map(
          ([name, state]) => `${name}: ${state}`,
        ),
      )
    return c.text(`${lines.join('\n')}\n`, isReady ? 200 : 503, { 'Cache-Control': 'no-store' })
  })

  const { metrics, shared } = context
  const metricsText = cacheFor(metricsMs, shared.clock, () => metrics.text())
  app.get('/metrics', async (c) =>
    c.body(await metricsText(), 200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }),
  )
}

/** Caches the result of `make` for `ms`. */
function cacheFor<Made>(ms: number, clock: Clock, make: () => Promise<Made>): () => Promise<Made> {
  let cached: Promise<Made> | null = null
  let madeAt = -Infinity
  return () => {
    const now = clock.now()
    if (cached === null || now - madeAt >= ms) [cached, madeAt] = [make(), now]
    return cached
  }
}

/** The values that `/cluster` shows for this node. */
async function countsOf({ status }: RouteContext): Promise<Readonly<Record<string, string | number>>> {
  if (status === undefined) return {}
  const node = await status.node()
  const { liveGames, connections, commandsPerSecond, upSeconds, version } = node
  const lag = makeBehind(node)
  return {
    games: liveGames,
    connections,
    'commands a second': commandsPerSecond,
    ...(lag === '' ? {} : { 'entries behind the journal': lag }),
    'seconds up': Math.floor(upSeconds),
    version,
  }
}
