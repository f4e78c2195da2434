/**
 * The cost of each request in units, charged to its address and its account. One unit is a read from memory, about 20
 * µs of the event loop. The costs follow measurements, and count what stays: a game stays on disk forever.
 */
import type { MethodName } from '../../protocol/index.ts'

export const costs: Readonly<Record<MethodName, number>> = {
  // A token is signed.
  hello: 3,
  ping: 1,
  // A long text.
  'rpc.discover': 3,
  // A game is stored forever, and in memory for a while.
  'game.create': 10,
  'game.join': 2,
  'game.move': 1,
  'game.resign': 1,
  'game.offer': 1,
  'game.answer': 1,
  'game.restart': 2,
  'game.say': 1,
  'game.get': 1,
  // It is read from the journal, entry by entry.
  'game.record': 10,
  'game.watch': 1,
  'game.unwatch': 1,
  // A long text.
  'lobby.list': 3,
  'lobby.watch': 3,
  'lobby.unwatch': 1,
  // Usually creates a game, and one node decides all wishes one after the other.
  'lobby.play': 10,
  // It is read from a file.
  'account.games': 5,
  'push.key': 1,
  // It is stored, and each event may then be sent to one more device.
  'push.subscribe': 20,
  'push.unsubscribe': 5,
}

/** Added to a command at an old version: like a record, it is compared with what the journal says. */
export const oldVersionCost = 9

/** A bot moves until the game ends, whether or not its opponent comes back. */
export const botCost = 10

/** A picture of a board takes 5 ms of a thread of low priority. */
export const pictureCost = 50

/** A connection is accepted, greeted and closed: several times the work of a request on an open connection. */
export const connectionCost = 2

/** The cost of a message that is no valid request: it must be parsed all the same. */
export const leastCost = 1

/** The cost of a request as received: neither method nor params have been checked yet. */
export function costOf(method: string, params: unknown): number {
  if (!Object.hasOwn(costs, method)) return leastCost
  const price = costs[method as MethodName]
  const hasBot =
    method === 'game.create' && typeof params === 'object' && params !== null && Object.hasOwn(params, 'opponent')
  return hasBot ? price + botCost : price
}
