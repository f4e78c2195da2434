/** What `oxo demo` and its page say to each other. No server has these addresses: they belong to the launcher. */

/** cut: the node reaches no NATS server. join: it reaches them again. */
export const demoActions = ['kill', 'start', 'freeze', 'thaw', 'cut', 'join'] as const
export type DemoAction = (typeof demoActions)[number]

/** A process of the demonstration. */
export interface DemoPart {
  /** Such as node-1 or nats-1. */
  readonly name: string
  readonly url: string
  readonly isNode: boolean
  readonly state: 'starting' | 'running' | 'frozen' | 'gone'
  /** Whether its connections to the NATS servers are held. */
  readonly isCut: boolean
  /** The actions that are possible now. */
  readonly actions: readonly DemoAction[]
}

/** The game of two bots meanwhile. */
export interface DemoGame {
  /** Null until the first one has begun. */
  readonly game: string | null
  /** Acknowledged moves of all games. */
  readonly moves: number
  /** How long the current move has been waiting for its answer, in ms; null while no move is under way. */
  readonly waitingMs: number | null
  /** The longest wait of the last minute, in ms. */
  readonly longestMs: number
}

export interface DemoState {
  readonly parts: readonly DemoPart[]
  readonly bots: DemoGame
}

/** GET answers a {@link DemoState}; POST takes a {@link DemoOrder}. Both need the token of the launcher. */
export const demoPath = '/demo'

export interface DemoOrder {
  readonly part: string
  readonly action: DemoAction
}
