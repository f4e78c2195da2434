/** What a node knows of another node. */
import type { RowKind } from './node-message.ts'

export type PeerRows = Readonly<Record<RowKind, Map<string, unknown>>>

export const noRows = (): PeerRows => ({ here: new Map(), lobby: new Map(), wish: new Map(), match: new Map() })

export interface Peer {
  readonly name: string
  rows: PeerRows
  /** The rows here are complete up to this version. */
  version: number
  /** The newest version that it has announced. */
  announced: number
  /** The version of the full copy that is being received in parts. */
  whole: number
  heardAt: number
  /** The time of its newest beat, on its clock. */
  beatAt: number
  /** The time of this node's newest beat that it had received when it announced the version above. */
  echo: number
  /** At this time, on this node's clock, or later, the rows here were equal to its rows. */
  agreedAt: number
  askedAt: number
  /** Its rows are visible to readers. */
  isShown: boolean
}

/** A node from which nothing was received yet. */
export function makePeer(name: string): Peer {
  return {
    name,
    rows: noRows(),
    version: 0,
    announced: 0,
    whole: 0,
    heardAt: 0,
    beatAt: 0,
    echo: -Infinity,
    agreedAt: -Infinity,
    askedAt: -Infinity,
    isShown: false,
  }
}
