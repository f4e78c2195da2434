/** What a server tells of itself and of the cluster that it belongs to. Whoever opens the gateway finds it out. */

export interface NodeStatus {
  /** Where it listens. */
  readonly url: string
  readonly pid: number
  readonly version: string
  readonly upSeconds: number
  readonly ready: boolean
  /** By name: 'ok', or what is the case. */
  readonly checks: Readonly<Record<string, string>>
  readonly liveGames: number
  readonly connections: number
  /** Commands stored for players in the last seconds. */
  readonly commandsPerSecond: number
  /** Names of the keys whose tokens it takes, which tell nothing of the keys; the first signs. */
  readonly keys: readonly string[]
  /** Entries that the journal has and this node has not heard of yet; null: there is no journal that others append to. */
  readonly behind: number | null
  /** The same of each stream of the cluster, in their order, where there are several. Null: nobody answers for it. */
  readonly behindEach?: readonly (number | null)[]
}

/** What one server has of a stream. */
export interface CopyStatus {
  readonly server: string
  readonly isLeader: boolean
  /** Whether it has all that the leader has, as the leader knows. */
  readonly isCurrent: boolean
  /** Whether the leader has lost sight of it. */
  readonly isOffline: boolean
  /** Entries that it lacks. */
  readonly behind: number
}

export interface StreamStatus {
  readonly name: string
  /** Null: it has no leader who could tell. */
  readonly entries: number | null
  readonly bytes: number | null
  /** How many copies there should be. */
  readonly copiesWanted: number
  readonly copies: readonly CopyStatus[]
}

export interface ClusterStatus {
  /** For people: where games are stored. */
  readonly journal: string
  readonly durability: string
  /** Those that answered in time, in order of their addresses. */
  readonly nodes: readonly NodeStatus[]
  /** Null: the servers of the journal do not answer. Without a cluster there are none. */
  readonly streams: readonly StreamStatus[] | null
}

export interface StatusSource {
  node(): Promise<NodeStatus>
  cluster(): Promise<ClusterStatus>
}
