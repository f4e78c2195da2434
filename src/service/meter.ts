/** The service's metrics, and the interface that records them. */
import type { Event } from '../game/index.ts'

/** The name of each metric, which `/metrics` prefixes with `oxo_`, and its help text. */
export const counters = {
  commands_acknowledged_total: 'Commands answered after their event was stored.',
  moves_acknowledged_total: 'Moves answered after they were stored.',
  repeats_total: 'Repeated commands that were answered as the first time.',
  stale_total: 'Commands refused because they were decided at an older version than the game has.',
  rejections_total: 'Commands that the rules refused, stale ones included.',
  faults_total: 'Requests that could not be served: malformed, too fast, unknown, unavailable.',
  unknown_outcomes_total: 'Appends that were sent to the journal and never confirmed.',
  conflicts_total: 'Appends that conflicted with another writer; their commands were decided again.',
  resumes_total: 'Sessions resumed with a token.',
  guests_total: 'Guest accounts created.',
  damaged_games_total: 'Games that could not be read while histories were built.',
  games_created_total: 'Games created.',
  games_finished_total: 'Games that reached an outcome.',
  skipped_states_total: 'States not sent to a slow reader because a newer state replaced them.',
  slow_readers_total: 'Connections closed because the client stayed a slow reader.',
  refused_connections_total: 'Connections closed before their first message: too many, too slow, or no known protocol.',
  refused_games_total: 'Games refused because memory, or the share of their address or account, was full.',
  ignored_node_messages_total: 'Messages of other nodes, and rows in them, that this release does not understand.',
  pushes_sent_total: 'Notifications that a push service took for a device whose page is closed.',
  pushes_dropped_total: 'Such notifications that were lost: too many, refused, or their push service did not answer.',
  push_devices_gone_total: 'Devices that were removed because their push service or their key is gone.',
  rate_limited_total: 'Requests refused by the rate limit of their connection, address or account.',
} as const
export type Counter = keyof typeof counters

export const gauges = {
  connections: 'Open connections that have chosen a protocol.',
  live_games: 'Games in memory.',
  peers: 'Other nodes from which this node receives messages.',
  watched_games: 'Pairs of a connection and a game that it watches.',
} as const
export type Gauge = keyof typeof gauges

export const histograms = {
  commit_seconds: 'Time from sending an append until it is durable.',
} as const
export type Histogram = keyof typeof histograms

/** Records metrics. The composition root supplies an implementation that feeds `/metrics`. */
export interface Meter {
  count(counter: Counter, by?: number): void
  observe(histogram: Histogram, seconds: number): void
  /** `read` is called whenever the metrics are read. Several reads of one gauge are added up. */
  gauge(gauge: Gauge, read: () => number): void
}

export const silentMeter: Meter = { count() {}, observe() {}, gauge() {} }

/** Counts a stored event. Only the node that stored it calls this. `isOver`: the game now has an outcome. */
export function countStored(meter: Meter, event: Event, isOver: boolean): void {
  meter.count('commands_acknowledged_total')
  if (event.type === 'moved') meter.count('moves_acknowledged_total')
  // This game only records which other game granted a wish: nobody plays it.
  if (event.type === 'created' && event.next !== undefined) return
  if (event.type === 'created') meter.count('games_created_total')
  // After the end only events about a rematch follow; they must not count the game again.
  if (isOver && !('what' in event && event.what === 'rematch')) meter.count('games_finished_total')
}
