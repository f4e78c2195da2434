/** The status of a server and of its cluster. The opener of the gateway provides it. */
import type { ClusterStatus, NodeStatus } from '../protocol/index.ts'

export interface StatusSource {
  node(): Promise<NodeStatus>
  cluster(): Promise<ClusterStatus>
}
