/** The tables of docs/OPERATING.md that come from the source: limits with their reasons, and metrics. */
import { makePermissions } from '../../src/journal/jetstream/index.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '../../src/protocol/index.ts'
import { counters, gauges, histograms } from '../../src/service/meter.ts'
import { botCost, connectionCost, costs, leastCost, oldVersionCost } from '../../src/service/sessions/costs.ts'
import { code, makeTable } from './markdown.ts'

export interface Limit {
  readonly name: string
  readonly value: number
  /** The comment above the limit in the source; empty if there is none. */
  readonly reason: string
}

export function readLimits(): readonly Limit[] {
  const source = readFileSync(join(import.meta.dirname, '../../src/protocol/limits.ts'), 'utf8')
  return Object.entries(limits).map(([name, value]) => {
    const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*${name}:`).exec(source)?.[1] ?? ''
    return { name, value, reason: comment.replaceAll(/\s*\n\s*\*\s*/g, ' ').trim() }
  })
}

export function limitTable(): string {
  return makeTable(
    ['limit', 'default', 'reason'],
    readLimits().map(({ name, value, reason }) => [code(name), value.toLocaleString('en'), reason]),
  )
}

/** The limits that clients meet. */
const ofTheWire: ReadonlySet<string> = new Set<keyof typeof limits>([
  ...(['messageBytesMax', 'firstLineBytesMax', 'jsonDepthMax', 'firstLineMs', 'handshakeMs'] as const),
  ...([
    'httpHeaderBytesMax',
    'httpHeadersMs',
    'httpBodyMs',
    'httpIdleMs',
    'requestsPerSecond',
    'requestBurst',
  ] as const),
  ...(['connectionsPerAddress', 'requestsInFlight', 'unsentBytesMax', 'slowReaderMs', 'heartbeatMs'] as const),
  ...(['watchedGamesMax', 'recordEntriesMax', 'pageRows', 'lobbyGamesMax', 'boardSideMax'] as const),
  ...(['nameCharactersMax', 'nameCodePointsMax', 'gameIdCharactersMax', 'clockMsMax', 'offersPerMoveMax'] as const),
  ...(['takebacksPerGameMax', 'abandonMs', 'tokenMs'] as const),
])

export function wireLimitTable(): string {
  const rows = readLimits().filter(({ name }) => ofTheWire.has(name))
  return makeTable(
    ['limit', 'default', 'meaning'],
    rows.map(({ name, value, reason }) => [code(name), value.toLocaleString('en'), reason]),
  )
}

/** Every metric of the service: its name on /metrics, its kind, its help text. */
export function readMetrics(): readonly (readonly [name: string, kind: string, help: string])[] {
  const of = (kind: string, table: Readonly<Record<string, string>>) =>
    Object.entries(table).map(([name, help]) => [`oxo_${name}`, kind, help] as const)
  return [...of('counter', counters), ...of('gauge', gauges), ...of('histogram', histograms)]
}

export function metricTable(): string {
  return makeTable(
    ['metric', 'kind', 'meaning'],
    readMetrics().map(([name, kind, help]) => [code(name), kind, help]),
  )
}

/** The cost of each method, charged to an address and an account. */
export function priceTable(): string {
  const methods = Object.entries(costs).map(([method, units]) => [code(method), String(units)])
  const others = [
    ['`game.create` with a bot', String(costs['game.create'] + botCost)],
    ['a command at an old version, in addition to its method', String(oldVersionCost)],
    ['a connection', String(connectionCost)],
    ['an HTTP request, in addition to its method', String(leastCost)],
    ['input that is no request', String(leastCost)],
  ]
  return makeTable(['request', 'units'], [...methods, ...others])
}

export function permissionBlock(): string {
  return ['```', makePermissions('oxo', 1).trimEnd(), '```'].join('\n')
}
