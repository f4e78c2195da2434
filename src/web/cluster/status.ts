/** What the page remembers of the reports of `/cluster`. */
import type { ClusterStatus, NodeStatus } from '../../protocol/cluster-status.ts'

/** A node of this or of an earlier report. */
export interface SeenNode {
  readonly node: NodeStatus
  /** When it was last in a report, on the clock of the page, in ms. */
  readonly at: number
  /** Whether the last report has it. */
  readonly isHere: boolean
  /** Whether nobody answers who could say whether it is there. */
  readonly isUnknown?: boolean
}

export interface Known {
  /** The last report; null before the first one. */
  readonly last: ClusterStatus | null
  /** Whether the last request was answered. */
  readonly isAnswered: boolean
  readonly seen: readonly SeenNode[]
}

export const nothingKnown: Known = { last: null, isAnswered: true, seen: [] }

/** @param status null if no node answered: then it is unknown which of them are there */
export function remember(known: Known, status: ClusterStatus | null, now: number): Known {
  if (status === null) return { ...known, isAnswered: false }
  const here = new Set(status.nodes.map(({ url }) => url))
  const gone = known.seen.filter(({ node: { url } }) => !here.has(url)).map((each) => ({ ...each, isHere: false }))
  const all = [...status.nodes.map((node) => ({ node, at: now, isHere: true })), ...gone]
  const seen = all.toSorted((a, b) => (a.node.url < b.node.url ? -1 : 1))
  return { last: status, isAnswered: true, seen }
}

/** The nodes as the page shows them: without an answer, those of the last report may be there or not. */
export function shownNodes({ seen, isAnswered }: Known): readonly SeenNode[] {
  return isAnswered ? seen : seen.map((each) => ({ ...each, isHere: false, isUnknown: each.isHere }))
}
