/** Opens a gateway with a stub host on a free port, for one test. */
import type { TestContext } from 'node:test'
import { silentLog, VirtualClock } from '../../base/index.ts'
import { type Gateway, type GatewayOptions, openGateway } from '../gateway.ts'
import { Metrics } from '../metrics.ts'
import { StubHost } from './stub-host.ts'

export interface Opened {
  readonly gateway: Gateway
  readonly host: StubHost
  readonly clock: VirtualClock
  readonly metrics: Metrics
  readonly url: string
}

/** Disables the limits on addresses and rates unless the options set them. */
export async function openWithStub(t: TestContext, options: Partial<GatewayOptions> = {}): Promise<Opened> {
  const clock = new VirtualClock()
  const metrics = new Metrics()
  const limits = { connectionsPerAddress: 0, requestsPerSecond: 0, ...options.limits }
  const host = new StubHost(limits, clock)
  const gateway = await openGateway({
    service: host,
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    clock,
    metrics,
    ...options,
    limits,
  })
  t.after(() => gateway.close())
  return { gateway, host, clock, metrics, url: gateway.address.url }
}

/** Waits for some turns of the event loop, so that pending work completes. */
export async function settleSockets(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
}

/** Waits until the claim is true; otherwise the time limit of the test fails it. */
export async function waitUntil(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise(setImmediate)
}
