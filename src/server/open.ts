/** Opens a server from its settings, or throws one sentence that says why it cannot. */
import { type Clock, type Log, silentLog, systemClock } from '../base/index.ts'
import { errorCode } from '../base/node/index.ts'
import { JournalFault } from '../journal/index.ts'
import { Fault, limits, type Limits } from '../protocol/index.ts'
import type { CertificateFiles } from './certificate.ts'
import type { Server, ServerCertificate } from './assemble.ts'
import { settingsDefaults, type ServerSettings } from './settings.ts'
import { openStorage } from './storage.ts'
import { sentenceOf, Stop } from './stop.ts'

export type { Server } from './assemble.ts'

export interface ServerOptions extends Partial<ServerSettings> {
  /** Secrets that sign tokens, separated by commas; by default those of a file next to the journal. */
  readonly secret?: string | undefined
  readonly log?: Log
  /** For tests: a virtual clock. */
  readonly clock?: Clock
  /** For tests and `oxo conform --client`: limits that differ from the table. */
  readonly limits?: Partial<Limits>
}

/** @throws Stop with a sentence that says what to do. */
export async function openServer(options: ServerOptions = {}): Promise<Server> {
  const settings = { ...settingsDefaults, log: silentLog, clock: systemClock, ...options }
  const certificate = await readCertificate(settings)
  // Worker threads open the files while this thread loads the remaining modules, which takes as long.
  const [storage, { assemble }] = await Promise.all([openStorage(settings), import('./assemble.ts')])
  try {
    return await assemble({ ...settings, storage, certificate, limits: limitsOf(settings, options.limits) })
  } catch (cause) {
    throw stopOf(cause, settings, storage.place)
  }
}

/** Derived limits change in proportion to the rate that a flag sets. */
function limitsOf(
  { rateLimit, rateLimitAddress, connectionsPerAddress }: ServerSettings,
  overrides: Partial<Limits> = {},
): Limits {
  const factor = rateLimit / limits.requestsPerSecond
  const addressUnitsPerSecond = rateLimitAddress ?? limits.addressUnitsPerSecond * factor
  return {
    ...limits,
    requestsPerSecond: rateLimit,
    requestBurst: Math.round(limits.requestBurst * factor),
    addressUnitsPerSecond,
    addressUnitBurst: (limits.addressUnitBurst / limits.addressUnitsPerSecond) * addressUnitsPerSecond,
    accountUnitsPerSecond: limits.accountUnitsPerSecond * factor,
    accountUnitBurst: limits.accountUnitBurst * factor,
    connectionsPerAddress,
    socketsPerAddress: (limits.socketsPerAddress / limits.connectionsPerAddress) * connectionsPerAddress,
    ...overrides,
  }
}

/** Undefined: the port has no TLS, and the TLS module is not loaded. */
async function readCertificate({ tlsCert, tlsKey }: ServerSettings): Promise<ServerCertificate | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) throw new Stop('usage', 'TLS needs both --tls-cert and --tls-key.')
  const files: CertificateFiles = { cert: tlsCert, key: tlsKey }
  const { readPair, Renewal } = await import('./certificate.ts')
  const pair = await readPair(files)
  return { pair, keep: (options) => new Renewal({ ...options, files, pair }) }
}

/** Messages to players name no file, but the operator has to know it: the journal's own message is the cause. */
function stopOfStorage(cause: JournalFault | Fault, place: string): Stop {
  const { message } = cause.cause instanceof JournalFault ? cause.cause : cause
  const clause = message.includes(place) ? message : `the journal ${place} cannot be used: ${message}`
  return new Stop('failed', sentenceOf(clause), { cause })
}

/** Why the port is not available, and what to do. Other errors are returned unchanged. */
function stopOf(cause: unknown, { host, port }: ServerSettings, place: string): unknown {
  if (cause instanceof JournalFault || cause instanceof Fault) return stopOfStorage(cause, place)
  switch (errorCode(cause)) {
    case 'EADDRINUSE':
      return new Stop('failed', `Port ${port} is already in use: choose another with --port.`, { cause })
    case 'EACCES':
      return new Stop('failed', `You have no permission to use port ${port}: choose one above 1023 with --port.`, {
        cause,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Stop('failed', `${host} is not an address of this machine: choose one with --host.`, { cause })
    default:
      return cause
  }
}
