/** What the bench asks of a load generator, and what it reports: JSON between two processes. */

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

export interface Plan {
  readonly contender: Contender
  readonly port: number
  /** The process whose CPU time is read at both ends of each counted stretch. */
  readonly serverPid: number
  /** Processes that the server leans on, whose CPU time is read with its own. */
  readonly alsoPids?: readonly number[]
  /** Games at a time; each has two players. */
  readonly pairs: number
  readonly connections: number
  /** Games set up for each pair before a counted stretch. 0: each pair sets up its next game within it. */
  readonly prepared: number
  /** Counted time; the stretches add up to at least this. */
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Moves a second, started whatever the server does (open loop). Absent: closed loop. */
  readonly rate?: number
}

/** Of the counted stretches, unless said otherwise. */
export interface Outcome {
  readonly moves: number
  readonly seconds: number
  readonly movesPerSecond: number
  /** From the move (in an open loop: from when it was due) until both players have heard of it. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly serverCpuMicros: number
  /** The part of it that the server's own loop spent; the rest is other threads. */
  readonly serverLoopMicros: number
  /** Of the processes that the server leans on, together. */
  readonly alsoCpuMicros: number
  /** Of the server, for each game set up before a counted stretch: its creation, its second seat, and who is told. NaN without one. */
  readonly setUpCpuMicros: number
  /** Share of one core that the server used, all its threads together. */
  readonly serverShare: number
  /** Share of one core that the generator used: near 1 it was the bottleneck. */
  readonly generatorShare: number
  /** Moves in the whole run that both players heard of, warm-up included. */
  readonly acknowledged: number
}
