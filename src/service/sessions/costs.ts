/**
 * What a request costs its address and its account, in units. One unit is a read of what is in memory, some 20 µs of the
 * loop. The prices follow what was measured, and what stays: a game stays on disk for good.
 */
import type { MethodName } from '../../protocol/index.ts'

export const costs: Readonly<Record<MethodName, number>> = {
  // A token is signed.
  hello: 3,
  ping: 1,
  // A long text.
  'rpc.discover': 3,
  // A game is kept for good, and in memory for a while.
  'game.create': 10,
  'game.join': 2,
  'game.move': 1,
  'game.resign': 1,
  'game.offer': 1,
  'game.answer': 1,
  'game.restart': 2,
  'game.get': 1,
  // Read from the journal, entry by entry.
  'game.record': 10,
  'game.watch': 1,
  'game.unwatch': 1,
  // A long text.
  'lobby.list': 3,
  'lobby.watch': 3,
  'lobby.unwatch': 1,
  // Opens a game as a rule, and one is decided after the other.
  'lobby.play': 10,
  // Read from a file.
  'account.games': 5,
}

/** A bot thinks as long as the game lasts, whether its opponent comes back or not. */
export const botCost = 10

/** A connection is opened, greeted and closed: several times the work of a request on one that is there. */
export const connectionCost = 2

/** What may turn out to be no request at all is worked through all the same. */
export const leastCost = 1

/** Of a request as it came: neither method nor params are checked yet. */
export function costOf(method: string, params: unknown): number {
  if (!Object.hasOwn(costs, method)) return leastCost
  const price = costs[method as MethodName]
  const hasBot =
    method === 'game.create' && typeof params === 'object' && params !== null && Object.hasOwn(params, 'opponent')
  return hasBot ? price + botCost : price
}
