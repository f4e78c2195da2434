/** What the service counts, and who counts it. */
import type { Event } from '../game/index.ts'

/** The names are the metrics of `/metrics` behind `oxo_`; the texts are their help. */
export const counters = {
  commands_acknowledged_total: 'Commands answered after their event was stored.',
  moves_acknowledged_total: 'Moves answered after they were stored.',
  repeats_total: 'Commands that had been accepted before and got the same answer again.',
  stale_total: 'Commands refused because the game had moved on.',
  rejections_total: 'Commands that the rules refused, stale ones included.',
  faults_total: 'Requests that could not be served: malformed, too fast, unknown, unavailable.',
  unknown_outcomes_total: 'Appends that were sent to the journal and never confirmed.',
  conflicts_total: 'Appends that lost to another writer and were decided again.',
  resumes_total: 'Sessions that came back with a token.',
  guests_total: 'Accounts made.',
  damaged_games_total: 'Games that could not be read while histories were made.',
  games_created_total: 'Games created.',
  games_finished_total: 'Games that came to an outcome.',
  skipped_states_total: 'States that a slow reader did not get because a newer one replaced them.',
  slow_readers_total: 'Connections closed because their reader stayed slow.',
  refused_connections_total: 'Connections closed before their first message: too many, too slow, no protocol.',
  refused_games_total: 'Games that did not fit into memory, or into the share of their address or account.',
  ignored_node_messages_total:
    'What came from other nodes and does not fit what this release understands: messages, and rows in them.',
  rate_limited_total: 'Requests that came faster than the rate of their connection, address or account.',
} as const
export type Counter = keyof typeof counters

export const gauges = {
  connections: 'Open connections that have chosen a protocol.',
  live_games: 'Games in memory.',
  peers: 'Other nodes that this one hears.',
  watched_games: 'Pairs of a connection and a game it hears of.',
} as const
export type Gauge = keyof typeof gauges

export const histograms = {
  commit_seconds: 'Time from an append to its being durable.',
} as const
export type Histogram = keyof typeof histograms

/** Host-neutral; the composition root supplies one that feeds `/metrics`. */
export interface Meter {
  count(counter: Counter, by?: number): void
  observe(histogram: Histogram, seconds: number): void
  /** Called when somebody looks. A later call for the same gauge adds to it. */
  gauge(gauge: Gauge, read: () => number): void
}

export const silentMeter: Meter = { count() {}, observe() {}, gauge() {} }

/** What the node counts that has stored the event, and no other that hears of it. `isOver`: the game has an outcome now. */
export function countStored(meter: Meter, event: Event, isOver: boolean): void {
  meter.count('commands_acknowledged_total')
  if (event.type === 'moved') meter.count('moves_acknowledged_total')
  // A wish that was granted with another game leaves a game that nobody plays.
  if (event.type === 'created' && event.next !== undefined) return
  if (event.type === 'created') meter.count('games_created_total')
  // All that can follow the end is talk about a rematch.
  if (isOver && !('what' in event && event.what === 'rematch')) meter.count('games_finished_total')
}
