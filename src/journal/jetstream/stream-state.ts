/** What a stream's leader says of the stream. */

/** Its leader hears from each other server every second. */
const silentMsMax = 3_000

export interface StreamState {
  /** Sequence of its last message. */
  readonly end: number
  /** When it was made; a stream in its place has another. */
  readonly created: string
  /**
   * Its leader has heard from a majority of its servers within {@link silentMsMax}. Without one, a leader may have stored less
   * than was acknowledged, for as long as disks are full or servers are away.
   */
  readonly hasMajority: boolean
}

/** Of an answer: there is no such stream. */
const streamNotFound = 10_059

/** The answer to `$JS.API.STREAM.INFO`, as far as it concerns Oxo. `active`: ns since the leader heard from that server. */
export interface StreamAnswer {
  readonly error?: { readonly err_code?: number }
  readonly state?: { readonly last_seq: number }
  readonly created?: string
  readonly cluster?: { readonly replicas?: readonly { readonly active: number; readonly offline?: boolean }[] }
}

/** gone: there is no such stream any more. Null where the servers cannot say. */
export function stateOf({ error, state, created = '', cluster }: StreamAnswer): StreamState | 'gone' | null {
  if (state === undefined) return error?.err_code === streamNotFound ? 'gone' : null
  const others = cluster?.replicas ?? []
  const heard = others.filter(({ active, offline = false }) => !offline && active < silentMsMax * 1e6)
  return { end: state.last_seq, created, hasMajority: (1 + heard.length) * 2 > 1 + others.length }
}
