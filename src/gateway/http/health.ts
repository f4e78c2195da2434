/** What machines ask: is it alive, is it ready, what does it count. */
import { makeBehind } from './cluster.ts'
import type { App, Site } from './site.ts'

export function addHealth(app: App, site: Site): void {
  app.get('/livez', (c) => c.text('alive\n', 200, { 'Cache-Control': 'no-store' }))

  app.get('/readyz', async (c) => {
    const { ready, draining, checks } = await site.shared.host.readiness()
    const isReady = ready && !draining && !site.isDraining()
    const lines = [isReady ? 'ready' : 'not ready']
    if (c.req.query('verbose') !== undefined)
      lines.push(
        ...Object.entries({ ...checks, ...(await countsOf(site)) }).map(([name, state]) => `${name}: ${state}`),
      )
    return c.text(`${lines.join('\n')}\n`, isReady ? 200 : 503, { 'Cache-Control': 'no-store' })
  })

  app.get('/metrics', async (c) => {
    const { metrics } = site
    return c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' })
  })
}

/** What `/cluster` says of this node. */
async function countsOf({ status }: Site): Promise<Readonly<Record<string, string | number>>> {
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
