/** What every part of one service shares: its inputs, and the timer of presence. */
import type { Clock, Log, Random, Timeline } from '../base/index.ts'
import type { Game, Level, Mark } from '../game/index.ts'
import type { Journal } from '../journal/index.ts'
import type { Limits } from '../protocol/index.ts'
import type { PresenceTimer } from './audience/presence-timer.ts'
import type { Listener } from './audience/audience.ts'
import type { Deadlines } from './games/deadlines.ts'
import type { Budget } from './sessions/budget.ts'
import type { BotRequest } from './games/bot-request.ts'
import type { Meter } from './meter.ts'
import type { Peers } from './cluster/peers.ts'

/** A bot's answer to a position. */
export interface Choice {
  readonly x: number
  readonly y: number
  readonly mark?: Mark
}

/**
 * Where bots think. The composition root keeps whatever takes long out of the server's loop, and lets those who ask take
 * turns. Null: it was not thought, for nobody wanted it any more or too much waits; who still wants it asks again.
 */
export type Think = (game: Game, level: Level, request: BotRequest) => Promise<Choice | null>

export interface Shared {
  readonly journal: Journal
  readonly clock: Clock
  /** The instants that are stored. */
  readonly timeline: Timeline
  readonly random: Random
  readonly log: Log
  readonly meter: Meter
  readonly think: Think
  readonly limits: Limits
  readonly announcements: PresenceTimer<Listener>
  /** What is due in games, in memory or not. */
  readonly deadlines: Deadlines
  readonly budget: Budget
  /** The other nodes, and what they tell of themselves; null for one that is alone. */
  readonly peers: Peers | null
}
