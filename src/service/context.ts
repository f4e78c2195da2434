/** What every part of one service shares: its inputs, its limits, and the timers that several parts use. */
import type { Clock, Log, Random, Timeline } from '../base/index.ts'
import type { Choice, Game, Level } from '../game/index.ts'
import type { Journal } from '../journal/index.ts'
import type { Limits } from '../protocol/index.ts'
import type { PresenceTimer } from './audience/presence-timer.ts'
import type { Listener } from './audience/audience.ts'
import type { Deadlines } from './games/deadlines.ts'
import type { Permits } from './sessions/permits.ts'
import type { BotRequest } from './games/bot-request.ts'
import type { Meter } from './meter.ts'
import type { Peers } from './cluster/peers.ts'

/**
 * Computes a bot's answer outside the server's event loop; requests with different keys take turns. Resolves with null
 * if nothing was computed: the request was dropped, or too many requests are waiting. The caller may ask again.
 */
export type Think = (game: Game, level: Level, request: BotRequest) => Promise<Choice | null>

export interface ServiceContext {
  readonly journal: Journal
  readonly clock: Clock
  /** Produces the times that are stored with events. */
  readonly timeline: Timeline
  readonly random: Random
  readonly log: Log
  readonly meter: Meter
  readonly think: Think
  readonly limits: Limits
  readonly announcements: PresenceTimer<Listener>
  /** The next deadline of each game, whether or not it is in memory. */
  readonly deadlines: Deadlines
  readonly permits: Permits
  /** The other nodes and the state they publish; null for a single server. */
  readonly peers: Peers | null
}
