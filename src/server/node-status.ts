/** The status of a server and of its cluster, for `/cluster`, `/readyz?verbose` and `oxo cluster status`. */
import { type Clock, every, type Timer } from '../base/index.ts'
import type { Metrics, StatusSource } from '../gateway/index.ts'
import { type Position, splitPosition } from '../journal/index.ts'
import type { Cluster, StreamReport } from '../journal/jetstream/index.ts'
import type { ClusterStatus, NodeStatus, StreamStatus } from '../protocol/index.ts'
import type { Service } from '../service/index.ts'

/** The reports of the streams, in their order; null for a stream that no server answers for. Empty without a cluster. */
type Reports = readonly (StreamReport | null)[]

export interface NodeParts {
  readonly service: Service
  readonly metrics: Metrics
  readonly clock: Clock
  readonly version: string
  readonly durability: string
  /** Where games are stored, for people. */
  readonly journal: string
  /** The ids of the token keys. */
  readonly keys: readonly string[]
}

/** The interval of samples of the command counter, in ms, and the number of samples that a rate covers. */
const sampleMs = 1_000
const samples = 10
/** Time for the readiness check of a journal that may not answer, in ms: half of the time that a node has to answer a roll call; reading the streams takes the other half. */
const readyMsMax = 100
/** How long the status of the cluster is cached, in ms, so that a page with many viewers asks the cluster once. */
const freshMs = 1_000

export class StatusOfNode implements StatusSource {
  readonly #parts: NodeParts
  readonly #beganAt: number
  readonly #counts: { readonly at: number; readonly count: number }[] = []
  readonly #timer: Timer
  #url = ''
  #cluster: Cluster | null = null
  #cached: { readonly at: number; readonly status: Promise<ClusterStatus> } | null = null

  constructor(parts: NodeParts) {
    this.#parts = parts
    this.#beganAt = parts.clock.now()
    this.#sample()
    this.#timer = every(parts.clock, sampleMs, () => this.#sample())
  }

  /** Sets the URL that the server listens on. */
  listensAt(url: string): void {
    this.#url = url
  }

  /** Sets the cluster that this server belongs to. */
  joins(cluster: Cluster): void {
    this.#cluster = cluster
  }

  async node(): Promise<NodeStatus> {
    // A stream without a leader does not answer; this node has to answer anyway.
    return this.#describe((await this.#cluster?.readStreams(true)) ?? [])
  }

  cluster(): Promise<ClusterStatus> {
    const now = this.#parts.clock.now()
    if (this.#cached === null || now - this.#cached.at >= freshMs) this.#cached = { at: now, status: this.#query() }
    return this.#cached.status
  }

  close(): void {
    this.#timer.cancel()
  }

  async #query(): Promise<ClusterStatus> {
    const { journal, durability } = this.#parts
    const cluster = this.#cluster
    const from = this.#url
    if (cluster === null) return { from, journal, durability, nodes: [await this.node()], streams: [] }
    const [answers, reports] = await Promise.all([cluster.callRoll().catch(() => []), cluster.readStreams()])
    const others = answers.flatMap(parseAnswer).filter(({ url }) => url !== this.#url)
    const nodes = [this.#describe(reports), ...others.map((other) => Promise.resolve(other))]
    return {
      from,
      journal,
      durability,
      nodes: (await Promise.all(nodes)).toSorted((a, b) => (a.url < b.url ? -1 : 1)),
      streams: makeStreams(cluster, reports),
    }
  }

  async #describe(reports: Reports): Promise<NodeStatus> {
    const { service, metrics, clock, version, keys } = this.#parts
    const { ready, draining, checks } = await service.readiness(readyMsMax)
    return {
      url: this.#url,
      pid: process.pid,
      version,
      upSeconds: Math.round((clock.now() - this.#beganAt) / 1000),
      ready: ready && !draining,
      checks,
      liveGames: service.liveGames,
      connections: metrics.measured('connections'),
      commandsPerSecond: this.#rate(),
      keys,
      ...findBehind(reports, service.position),
      ...(this.#cluster === null ? {} : { journalServer: this.#cluster.server }),
    }
  }

  #rate(): number {
    const [first] = this.#counts
    const { metrics, clock } = this.#parts
    if (first === undefined) return 0
    const seconds = (clock.now() - first.at) / 1000
    return seconds <= 0 ? 0 : Math.round((metrics.counted('commands_acknowledged_total') - first.count) / seconds)
  }

  #sample(): void {
    const { clock, metrics } = this.#parts
    this.#counts.push({ at: clock.now(), count: metrics.counted('commands_acknowledged_total') })
    if (this.#counts.length > samples) this.#counts.shift()
  }
}

/** The status in the answer of a node; empty if the answer is not a status. */
export function parseAnswer(answer: string): readonly NodeStatus[] {
  try {
    const status = JSON.parse(answer) as Partial<NodeStatus> | null
    const isStatus = typeof status?.url === 'string' && typeof status.checks === 'object'
    // A node of an older release sends no keys.
    return isStatus ? [{ ...(status as NodeStatus), keys: status.keys ?? [] }] : []
  } catch {
    return []
  }
}

/** How many entries a node that has read up to `position` lacks: in total of the streams that answer, and for each stream. */
export function findBehind(reports: Reports, position: Position): Pick<NodeStatus, 'behind' | 'behindEach'> {
  if (reports.length === 0) return { behind: null }
  const positions = splitPosition(position, reports.length)
  const each = reports.map((report, index) =>
    report === null ? null : Math.max(0, report.state.last_seq - Number(positions[index])),
  )
  const known = each.filter((lag) => lag !== null)
  const total = known.length === 0 ? null : known.reduce((sum, next) => sum + next, 0)
  return each.length > 1 ? { behind: total, behindEach: each } : { behind: total }
}

/** Null if no server answers for any stream. */
export function makeStreams(
  { streams, server }: Pick<Cluster, 'streams' | 'server'>,
  reports: Reports,
): readonly StreamStatus[] | null {
  const copiesWanted = Math.max(...reports.map((report) => report?.config.num_replicas ?? 0))
  if (copiesWanted <= 0) return null
  return streams.map((name, index) => {
    const report = reports[index] ?? null
    if (report === null) return { name, entries: null, bytes: null, copiesWanted, copies: [] }
    return makeStream(report, server)
  })
}

/** @param alone the name of the only server, for streams without a cluster. */
function makeStream({ name, config, state, cluster }: StreamReport, alone: string): StreamStatus {
  const leader = cluster?.leader ?? (cluster === undefined ? alone : undefined)
  const led =
    leader === undefined
      ? []
      : [{ server: leader, isLeader: true, isCurrent: true, isOffline: false, behind: 0, silentMs: 0 }]
  const followers = (cluster?.replicas ?? []).map(
    ({ name: server, current, offline = false, lag = 0, active = 0 }) => ({
      server,
      isLeader: false,
      isCurrent: current,
      isOffline: offline,
      behind: lag,
      silentMs: Math.round(active / 1e6),
    }),
  )
  const copies = [...led, ...followers]
  return { name, entries: state.messages, bytes: state.bytes, copiesWanted: config.num_replicas, copies }
}
