/** What a server is told at its start. */
import { limits } from '../protocol/limits.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export interface ServerSettings {
  /** 0: any free one. */
  readonly port: number
  readonly host: string
  /** 'memory', 'sqlite:FILE', or 'nats://HOST:PORT,…/NAME'. What else is kept lies in the folder of that file. */
  readonly journal: string
  /** By default the most that the journal gives. */
  readonly durability?: 'disk' | 'quorum' | 'process'
  /** Credentials file of NATS, and files in PEM. */
  readonly natsCreds?: string
  readonly natsTlsCa?: string
  readonly natsTlsCert?: string
  readonly natsTlsKey?: string
  readonly natsReplicas: number
  /** By default as many as the journal has, or one. */
  readonly natsPartitions?: number
  readonly natsMonitor: readonly string[]
  readonly natsAllowOld: boolean
  /** Requests a second on one connection; 0: any number. */
  readonly rateLimit: number
  /** Units a second that all requests of one address may cost; 0: any number. By default in proportion to `rateLimit`. */
  readonly rateLimitAddress?: number
  /** 0: any number. */
  readonly connectionsPerAddress: number
  /** Files in PEM; both or neither. */
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly allowOrigin: readonly string[]
  readonly trustProxy: readonly string[]
  /** Folder of the pages; by default those of the package, if they are built. False: none. */
  readonly pages?: string | false
  /** Seconds between the word at `/readyz` that the server closes and the end of its listening. */
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
  drainNotice: 0,
  logLevel: 'info',
}
