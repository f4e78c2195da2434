/** A complete server in this process on a free port: the real gateway and service, with a journal in memory. */
import type { Log } from '../../base/index.ts'
import type { Service, ServiceOptions } from '../../service/index.ts'
import { openTestService } from '../../service/testing/service.ts'
import { type Gateway, type GatewayOptions, openGateway } from '../gateway.ts'
import type { Host } from '../host.ts'

export interface TestServerOptions extends Partial<
  Pick<GatewayOptions, 'allowedOrigins' | 'limits' | 'metrics' | 'pages' | 'port' | 'trustedProxies'>
> {
  readonly service?: Partial<ServiceOptions>
  /** Wraps the service before the gateway gets it. */
  readonly wrap?: (host: Host) => Host
}

export interface TestServer extends AsyncDisposable {
  readonly gateway: Gateway
  readonly service: Service
  readonly host: string
  readonly port: number
  /** Takes the log lines since the last call, as JSON. */
  takeLog(): readonly string[]
}

/** Opens a server without limits on connections per address and rates, unless the options set them. */
export async function openTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { service: parts = {}, wrap = (host) => host, ...rest } = options
  const limits = { connectionsPerAddress: 0, requestsPerSecond: 0, ...options.limits }
  const logged: string[] = []
  const shared = { log: makeLog(logged), limits }
  const service = await openTestService({ ...(rest.metrics && { meter: rest.metrics }), ...shared, ...parts })
  const gateway = await openGateway({ host: '127.0.0.1', port: 0, ...rest, ...shared, service: wrap(service) })
  const { host, port } = gateway.address
  return {
    gateway,
    service,
    host,
    port,
    takeLog: () => logged.splice(0),
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await service.close()
    },
  }
}

function makeLog(logged: string[]): Log {
  const write = (fields: object, event: string): void => void logged.push(JSON.stringify({ ...fields, msg: event }))
  return { debug: write, info: write, warn: write, error: write }
}
