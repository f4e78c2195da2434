/** What `/cluster` reports as JSON: the nodes, and the servers that hold the journal. */

export interface NodeStatus {
  /** The URL that the node listens on. */
  readonly url: string
  readonly pid: number
  readonly version: string
  readonly upSeconds: number
  readonly ready: boolean
  /** By name: 'ok', or what is wrong; `durability` is the durability in force. */
  readonly checks: Readonly<Record<string, string>>
  readonly liveGames: number
  readonly connections: number
  /** Acknowledged commands per second, over the last seconds. */
  readonly commandsPerSecond: number
  /** Ids of the keys whose tokens the node accepts, which reveal nothing about the keys; the first one signs. */
  readonly keys: readonly string[]
  /** The number of entries of the journal that this node has not read yet; null without a cluster. */
  readonly behind: number | null
  /** The same for each stream of the cluster, in order, if there are several. Null for a stream that no server answers for. */
  readonly behindEach?: readonly (number | null)[]
  /** The name of the server of the journal that the node is connected to. Absent without a cluster. */
  readonly journalServer?: string
}

/** One server's copy of a stream. */
export interface CopyStatus {
  readonly server: string
  readonly isLeader: boolean
  /** Whether the copy is complete, according to the leader. */
  readonly isCurrent: boolean
  /** Whether the leader cannot reach the server. */
  readonly isOffline: boolean
  /** The number of entries that the copy lacks. */
  readonly behind: number
  /** How long ago the leader heard from the server, in ms; 0 for the leader itself. */
  readonly silentMs: number
}

export interface StreamStatus {
  readonly name: string
  /** Null if the stream has no leader to report it. */
  readonly entries: number | null
  readonly bytes: number | null
  /** The configured number of copies. */
  readonly copiesWanted: number
  readonly copies: readonly CopyStatus[]
}

export interface ClusterStatus {
  /** The URL of the node that reports. */
  readonly from: string
  /** Where games are stored, for people. */
  readonly journal: string
  readonly durability: string
  /** The nodes that answered in time, in the order of their URLs. */
  readonly nodes: readonly NodeStatus[]
  /** Null if the servers of the journal do not answer; empty without a cluster. */
  readonly streams: readonly StreamStatus[] | null
}

/** Servers exchange a message each second, so one that was not heard for longer is gone, hangs or is cut off. In ms. */
const silentMsMin = 4_000

/** Whether the leader no longer hears from the server. It calls the copy current for some seconds more. */
export function isSilent({ isOffline, silentMs }: CopyStatus): boolean {
  return isOffline || silentMs >= silentMsMin
}
