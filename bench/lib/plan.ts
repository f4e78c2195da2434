/** The plan that the bench gives to a load generator, and the outcome it returns: JSON between two processes. */

const contenders = [
  'floor',
  'oxo-lines',
  'oxo-websocket',
  'oxo-pipelined',
  'colyseus',
  'colyseus-shipped',
  'boardgame.io',
] as const
export type Contender = (typeof contenders)[number]

export interface LoadPlan {
  readonly contender: Contender
  readonly port: number
  /** The process whose CPU time is read at both ends of each counted stretch. */
  readonly serverPid: number
  /** Processes that the server uses, such as NATS servers, whose CPU time is also read. */
  readonly alsoPids?: readonly number[]
  /** Games at a time; each has two players. */
  readonly pairs: number
  readonly connections: number
  /** Games set up for each pair before a counted stretch. 0: each pair sets up its next game within it. */
  readonly prepared: number
  /** Counted time; the stretches add up to at least this. */
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Moves a second, started regardless of the server (open loop). Absent: closed loop. */
  readonly rate?: number
}

/** The figures of the counted stretches, unless stated otherwise. */
export interface LoadResult {
  readonly moves: number
  readonly seconds: number
  readonly movesPerSecond: number
  /** From the move (in an open loop: from its due time) until both players have received it. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly serverCpuMicros: number
  /** The part of the event loop's thread; the rest is other threads. */
  readonly serverLoopMicros: number
  /** The CPU time of the processes in `alsoPids`, together. */
  readonly alsoCpuMicros: number
  /** The server's CPU time for each game that is set up before a counted stretch: creation, join and notifications. NaN without one. */
  readonly setUpCpuMicros: number
  /** Share of one core that the server used, all its threads together. */
  readonly serverShare: number
  /** Share of one core that the generator used: near 1 it was the bottleneck. */
  readonly generatorShare: number
  /** Moves in the whole run that both players received, including warm-up. */
  readonly acknowledged: number
}
