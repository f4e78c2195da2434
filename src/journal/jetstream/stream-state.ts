/** The state of a stream, as its leader reports it. */

/** A server counts as reachable if the leader has heard from it within this time, in ms. Normally it does every second. */
const silentMsMax = 3_000

export interface StreamState {
  /** The sequence of the last message. */
  readonly end: number
  /** When the stream was created. A stream that replaced it has another time. */
  readonly created: string
  /**
   * The leader has heard from a majority of the stream's servers within {@link silentMsMax}. A leader without a majority may
   * lack acknowledged entries, for as long as disks are full or servers are away.
   */
  readonly hasMajority: boolean
}

/** Error code in an answer: there is no such stream. */
const streamNotFound = 10_059

/** The part of an answer to `$JS.API.STREAM.INFO` that Oxo uses. `active`: ns since the leader last heard from that server. */
export interface StreamAnswer {
  readonly error?: { readonly err_code?: number }
  readonly state?: { readonly last_seq: number }
  readonly created?: string
  readonly cluster?: { readonly replicas?: readonly { readonly active: number; readonly offline?: boolean }[] }
}

/** The state in an answer. gone: the stream no longer exists. Null: the servers could not tell. */
export function stateOf({ error, state, created = '', cluster }: StreamAnswer): StreamState | 'gone' | null {
  if (state === undefined) return error?.err_code === streamNotFound ? 'gone' : null
  const others = cluster?.replicas ?? []
  const reachable = others.filter(({ active, offline = false }) => !offline && active < silentMsMax * 1e6)
  return { end: state.last_seq, created, hasMajority: (1 + reachable.length) * 2 > 1 + others.length }
}
