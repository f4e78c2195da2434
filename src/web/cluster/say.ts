/** Words that the parts of the page of the cluster share. */
import type { CopyStatus, NodeStatus } from '../../protocol/cluster-status.ts'
import { isSilent } from '../../protocol/cluster-status.ts'
import type { DemoState } from '../../protocol/demo.ts'
import { text } from '../language/more.ts'
import type { SeenNode } from './status.ts'

/** The name of the node at a URL. */
export type NodeNames = (url: string) => string

/** A node has a name in a demonstration only; otherwise it is called by its address. */
export function makeNodeNames(demo: DemoState | null): NodeNames {
  const known = new Map(demo?.parts.map(({ url, name }) => [url, name]))
  return (url) => known.get(url) ?? URL.parse(url)?.host ?? url
}

export function sayAge(seconds: number): string {
  if (seconds < 120) return text('ageSeconds', { count: Math.floor(seconds) })
  if (seconds < 7_200) return text('ageMinutes', { count: Math.floor(seconds / 60) })
  return text('ageHours', { count: Math.floor(seconds / 3_600) })
}

export function sayCopy(copy: CopyStatus | null): string {
  if (copy === null) return text('clusterMissing')
  if (copy.isOffline) return text('clusterOffline')
  if (isSilent(copy)) return text('clusterSilentFor', { time: sayAge(copy.silentMs / 1_000) })
  if (copy.isLeader) return text('clusterLeader')
  return text(copy.isCurrent ? 'clusterCurrent' : 'clusterCatchingUp')
}

/** For a node that is not in the report. The page knows of the node that it came from that it does not answer. */
export function sayAway({ node, at, isUnknown = false }: SeenNode, now: number): string {
  const key = isUnknown && URL.parse(node.url)?.origin !== location.origin ? 'clusterHeard' : 'clusterGone'
  return text(key, { time: sayAge((now - at) / 1_000) })
}

/** Its state, and each check that is not all right. */
export function sayNode({ ready, checks }: NodeStatus): string {
  const troubles = Object.entries(checks).filter(([name, state]) => name !== 'durability' && state !== 'ok')
  return [text(ready ? 'clusterReady' : 'clusterNotReady'), ...troubles.map((trouble) => trouble.join(': '))].join('; ')
}
