/** A server from its settings: opened, or one sentence that says why not. */
import { type Clock, type Log, silentLog, systemClock } from '../base/index.ts'
import { type Durability, JournalFault } from '../journal/index.ts'
import { Fault } from '../protocol/fault.ts'
import { limits, type Limits } from '../protocol/limits.ts'
import type { CertificateFiles } from './certificate.ts'
import type { ServerCertificate } from './assemble.ts'
import { settingsDefaults, type ServerSettings } from './settings.ts'
import { openStorage } from './storage.ts'
import { sentenceOf, Stop } from './stop.ts'

export interface ServerOptions extends Partial<ServerSettings> {
  /** Keys of the tokens, separated by commas; by default a file beside the journal. */
  readonly secret?: string | undefined
  readonly log?: Log
  /** For tests: another course of time. */
  readonly clock?: Clock
  /** For tests: what else differs from the table. */
  readonly limits?: Partial<Limits>
}

export interface Server extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly url: string
  readonly durability: Durability
  /** For people: the journal's file, or 'memory'. */
  readonly journal: string
  /** Whether there is something for browsers. */
  readonly hasPages: boolean
  /** Resolves with a sentence when the journal takes nothing more: the server should be closed, the process ended. */
  readonly failed: Promise<string>
  /** Lets everybody out: answers what is pending, says when to come back, closes the journal last. Idempotent. */
  close(): Promise<void>
  /** Reads the certificate again; resolves when it is in use, or refused. Without one there is nothing to do. */
  renewCertificate(): Promise<void>
}

/** @throws Stop with a sentence that says what to do. */
export async function openServer(options: ServerOptions = {}): Promise<Server> {
  const settings = { ...settingsDefaults, log: silentLog, clock: systemClock, ...options }
  const certificate = await readCertificate(settings)
  // Threads open the files while this one loads the rest, which takes as long.
  const [storage, { assemble }] = await Promise.all([openStorage(settings), import('./assemble.ts')])
  try {
    return await assemble({ ...settings, storage, certificate, limits: limitsOf(settings, options.limits) })
  } catch (cause) {
    throw stopOf(cause, settings, storage.place)
  }
}

/** A changed rate changes what depends on it in proportion. */
function limitsOf(
  { rateLimit, rateLimitAddress, connectionsPerAddress }: ServerSettings,
  others: Partial<Limits> = {},
): Limits {
  const times = rateLimit / limits.requestsPerSecond
  const addressUnitsPerSecond = rateLimitAddress ?? limits.addressUnitsPerSecond * times
  return {
    ...limits,
    requestsPerSecond: rateLimit,
    requestBurst: Math.round(limits.requestBurst * times),
    addressUnitsPerSecond,
    addressUnitBurst: (limits.addressUnitBurst / limits.addressUnitsPerSecond) * addressUnitsPerSecond,
    accountUnitsPerSecond: limits.accountUnitsPerSecond * times,
    accountUnitBurst: limits.accountUnitBurst * times,
    connectionsPerAddress,
    socketsPerAddress: (limits.socketsPerAddress / limits.connectionsPerAddress) * connectionsPerAddress,
    ...others,
  }
}

/** Undefined: the port speaks no TLS. Its part of the program is loaded only where it does. */
async function readCertificate({ tlsCert, tlsKey }: ServerSettings): Promise<ServerCertificate | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) throw new Stop('usage', 'TLS needs both --tls-cert and --tls-key.')
  const files: CertificateFiles = { cert: tlsCert, key: tlsKey }
  const { readPair, Renewal } = await import('./certificate.ts')
  const pair = await readPair(files)
  return { pair, keep: (options) => new Renewal({ ...options, files, pair }) }
}

/** What players hear names no file; whoever hosts has to know it. */
function stopOfStorage(cause: JournalFault | Fault, place: string): Stop {
  const { message } = cause.cause instanceof JournalFault ? cause.cause : cause
  const clause = message.includes(place) ? message : `the journal ${place} cannot be used: ${message}`
  return new Stop('failed', sentenceOf(clause), { cause })
}

/** Why the port could not be had, and what to do. */
function stopOf(cause: unknown, { host, port }: ServerSettings, place: string): unknown {
  if (cause instanceof JournalFault || cause instanceof Fault) return stopOfStorage(cause, place)
  if (!(cause instanceof Error) || !('code' in cause)) return cause
  switch (cause.code) {
    case 'EADDRINUSE':
      return new Stop('failed', `Port ${port} is in use: stop what listens there, or choose another with --port.`, {
        cause,
      })
    case 'EACCES':
      return new Stop('failed', `Port ${port} may not be used by you: choose one above 1023 with --port.`, { cause })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Stop('failed', `${host} is no address of this machine: choose one with --host.`, { cause })
    default:
      return cause
  }
}
