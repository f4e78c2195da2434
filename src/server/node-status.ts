/** What a server knows of itself and of its cluster, for `/cluster`, `/readyz?verbose` and `oxo cluster status`. */
import { type Clock, every, type Timer } from '../base/index.ts'
import type { ClusterStatus, Metrics, NodeStatus, StatusSource, StreamStatus } from '../gateway/index.ts'
import { type Position, splitPosition } from '../journal/index.ts'
import type { Cluster, StreamReport } from '../journal/jetstream/index.ts'
import type { Service } from '../service/index.ts'

/** What was found of the streams, in their order; null of one for which nobody answers. None without a cluster. */
type Reports = readonly (StreamReport | null)[]

export interface NodeParts {
  readonly service: Service
  readonly metrics: Metrics
  readonly clock: Clock
  readonly version: string
  readonly durability: string
  /** For people: where games are stored. */
  readonly journal: string
  /** Names of the keys of tokens. */
  readonly keys: readonly string[]
}

/** Between two looks at what was counted, and how many of them a rate covers. */
const sampleMs = 1_000
const samples = 10
/** Time for a journal that may not answer, in ms: half of what a node has to answer the roll, for its streams take the other half. */
const readyMsMax = 100
/** Whoever asks within this time, in ms, gets what was found before: a page that many look at asks the cluster once. */
const freshMs = 1_000

export class StatusOfNode implements StatusSource {
  readonly #parts: NodeParts
  readonly #beganAt: number
  readonly #counts: { readonly at: number; readonly count: number }[] = []
  readonly #timer: Timer
  #url = ''
  #cluster: Cluster | null = null
  #found: { readonly at: number; readonly status: Promise<ClusterStatus> } | null = null

  constructor(parts: NodeParts) {
    this.#parts = parts
    this.#beganAt = parts.clock.now()
    this.#sample()
    this.#timer = every(parts.clock, sampleMs, () => this.#sample())
  }

  /** The server listens at `url`. */
  listensAt(url: string): void {
    this.#url = url
  }

  /** It is one of several. */
  joins(cluster: Cluster): void {
    this.#cluster = cluster
  }

  async node(): Promise<NodeStatus> {
    // A stream between two leaders is silent: this node must not be for that.
    return this.#describe((await this.#cluster?.readStreams(true)) ?? [])
  }

  cluster(): Promise<ClusterStatus> {
    const now = this.#parts.clock.now()
    if (this.#found === null || now - this.#found.at >= freshMs) this.#found = { at: now, status: this.#look() }
    return this.#found.status
  }

  close(): void {
    this.#timer.cancel()
  }

  async #look(): Promise<ClusterStatus> {
    const { journal, durability } = this.#parts
    const cluster = this.#cluster
    if (cluster === null) return { journal, durability, nodes: [await this.node()], streams: [] }
    const [answers, reports] = await Promise.all([cluster.callRoll().catch(() => []), cluster.readStreams()])
    const others = answers.flatMap(parseAnswer).filter(({ url }) => url !== this.#url)
    const nodes = [this.#describe(reports), ...others.map((other) => Promise.resolve(other))]
    return {
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

/** What a node says of itself; nothing where it is none that says it. */
export function parseAnswer(answer: string): readonly NodeStatus[] {
  try {
    const status = JSON.parse(answer) as Partial<NodeStatus> | null
    const isStatus = typeof status?.url === 'string' && typeof status.checks === 'object'
    // A node of an older release tells less.
    return isStatus ? [{ ...(status as NodeStatus), keys: status.keys ?? [] }] : []
  } catch {
    return []
  }
}

/** How far behind each stream, and all of them that answer, a node is that has heard so much. */
export function findBehind(reports: Reports, heard: Position): Pick<NodeStatus, 'behind' | 'behindEach'> {
  if (reports.length === 0) return { behind: null }
  const positions = splitPosition(heard, reports.length)
  const each = reports.map((report, index) =>
    report === null ? null : Math.max(0, report.state.last_seq - Number(positions[index])),
  )
  const known = each.filter((behind) => behind !== null)
  const behind = known.length === 0 ? null : known.reduce((sum, next) => sum + next, 0)
  return each.length > 1 ? { behind, behindEach: each } : { behind }
}

/** Null: nobody answers for any of them. */
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

/** `alone`: the name of the server, where it is the only one. */
function makeStream({ name, config, state, cluster }: StreamReport, alone: string): StreamStatus {
  const leader = cluster?.leader ?? (cluster === undefined ? alone : undefined)
  const led =
    leader === undefined ? [] : [{ server: leader, isLeader: true, isCurrent: true, isOffline: false, behind: 0 }]
  const followers = (cluster?.replicas ?? []).map(({ name: server, current, offline = false, lag = 0 }) => ({
    server,
    isLeader: false,
    isCurrent: current,
    isOffline: offline,
    behind: lag,
  }))
  const copies = [...led, ...followers]
  return { name, entries: state.messages, bytes: state.bytes, copiesWanted: config.num_replicas, copies }
}
