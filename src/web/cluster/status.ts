/** What the page remembers of the reports of `/cluster`. */
import type { ClusterStatus, NodeStatus } from '../../protocol/cluster-status.ts'

/** A node of this or of an earlier answer. */
export interface SeenNode {
  readonly node: NodeStatus
  /** When it answered last, on the clock of the page, in ms. */
  readonly at: number
}

/** The nodes of an answer, with those that earlier answers had: a node that was killed is shown as gone. By URL. */
export function remember(before: readonly SeenNode[], { nodes }: ClusterStatus, now: number): readonly SeenNode[] {
  const here = new Set(nodes.map(({ url }) => url))
  const gone = before.filter(({ node: { url } }) => !here.has(url))
  const all = [...nodes.map((node) => ({ node, at: now })), ...gone]
  return all.toSorted((a, b) => (a.node.url < b.node.url ? -1 : 1))
}
