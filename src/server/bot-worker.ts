/** The worker thread in which bots search for long. */
import { systemClock, systemRandom } from '../base/index.ts'
import { serveCalls } from '../base/node/index.ts'
import { type Choice, type Level, type GamePosition, searchMove } from '../game/index.ts'

export interface SearchRequest extends GamePosition {
  readonly id: number
  readonly level: Level
  /** The time that the search may take, in ms. */
  readonly withinMs: number
}

const methods = {
  /**
   * @param dropped shared memory: element 0 is the id of the request that was dropped last.
   * @returns null: the search took too long, or the request was dropped.
   */
  search({ id, level, withinMs, ...position }: SearchRequest, dropped: Int32Array): Choice | null {
    const until = systemClock.now() + withinMs
    const mayContinue = (): boolean => Atomics.load(dropped, 0) !== id && systemClock.now() < until
    return searchMove(position, level, { random: systemRandom, mayContinue })
  },
}

export type SearchMethods = typeof methods

serveCalls(methods)
