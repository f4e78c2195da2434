/** The settings of a server. */
import { limits } from '../protocol/index.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export interface ServerSettings {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** 'memory', 'sqlite:FILE', or 'nats://HOST:PORT,…/NAME'. The other files of a server are in the folder of FILE. */
  readonly journal: string
  /** By default the strongest that the journal offers. */
  readonly durability?: 'disk' | 'quorum' | 'process'
  /** The credentials file of NATS, and PEM files. */
  readonly natsCreds?: string
  readonly natsTlsCa?: string
  readonly natsTlsCert?: string
  readonly natsTlsKey?: string
  readonly natsReplicas: number
  /** By default as many as the journal has; one for a new journal. */
  readonly natsPartitions?: number
  readonly natsMonitor: readonly string[]
  readonly natsAllowOld: boolean
  /** Requests per second on one connection; 0: no limit. */
  readonly rateLimit: number
  /** Cost units per second of all requests of one address; 0: no limit. By default in proportion to `rateLimit`. */
  readonly rateLimitAddress?: number
  /** 0: no limit. */
  readonly connectionsPerAddress: number
  /** Paths of PEM files; both or neither. */
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly allowOrigin: readonly string[]
  readonly trustProxy: readonly string[]
  /** The folder of the pages; by default the package's own, if they are built. False: no pages. */
  readonly pages?: string | false
  /** Whether devices whose page is closed get notifications. */
  readonly push: boolean
  /** Push services to send to, besides those of the usual browsers: see `push/push-services.ts`. */
  readonly pushService: readonly string[]
  /** Where a push service reaches the operator: `mailto:` or `https:`. */
  readonly pushContact?: string
  /** How long `/readyz` announces the end before the server stops listening, in seconds. */
  readonly drainNotice: number
  readonly logLevel: LogLevel
}

export const settingsDefaults: ServerSettings = {
  port: 1952,
  host: '127.0.0.1',
  journal: 'sqlite:./oxo-data/journal.sqlite',
  natsReplicas: 3,
  natsMonitor: [],
  natsAllowOld: false,
  rateLimit: limits.requestsPerSecond,
  connectionsPerAddress: limits.connectionsPerAddress,
  allowOrigin: [],
  trustProxy: [],
  push: true,
  pushService: [],
  drainNotice: 0,
  logLevel: 'info',
}
