/** What `/cluster` reports as JSON, as far as the page shows it; the reference is `ClusterStatus` of the gateway. */

export interface ShownNode {
  readonly url: string
  readonly version: string
  readonly upSeconds: number
  readonly ready: boolean
  /** By name: 'ok', or what is wrong. */
  readonly checks: Readonly<Record<string, string>>
  readonly liveGames: number
  readonly connections: number
  readonly commandsPerSecond: number
  /** Entries of the journal that the node has not read yet; null without a cluster. */
  readonly behind: number | null
}

export interface ShownStream {
  readonly name: string
  readonly entries: number | null
  readonly copiesWanted: number
  readonly copies: readonly ShownCopy[]
}

export interface ShownCopy {
  readonly server: string
  readonly isLeader: boolean
  readonly isCurrent: boolean
  readonly isOffline: boolean
}

export interface ShownCluster {
  readonly journal: string
  readonly durability: string
  readonly nodes: readonly ShownNode[]
  /** Null if the servers of the journal do not answer; empty without a cluster. */
  readonly streams: readonly ShownStream[] | null
}

/** A node of this or of an earlier answer. */
export interface SeenNode {
  readonly node: ShownNode
  /** When it answered last, on the clock of the page, in ms. */
  readonly at: number
}

/** The nodes of an answer, with those that earlier answers had: a node that was killed is shown as gone. By URL. */
export function remember(before: readonly SeenNode[], { nodes }: ShownCluster, now: number): readonly SeenNode[] {
  const here = new Set(nodes.map(({ url }) => url))
  const gone = before.filter(({ node: { url } }) => !here.has(url))
  const all = [...nodes.map((node) => ({ node, at: now })), ...gone]
  return all.toSorted((a, b) => (a.node.url < b.node.url ? -1 : 1))
}
