/** The worker thread in which bots search for long. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert, systemClock, systemRandom } from '../base/index.ts'
import { type Choice, type Level, type GamePosition, searchMove } from '../game/index.ts'

export interface SearchRequest extends GamePosition {
  readonly id: number
  readonly level: Level
  /** The time that the search may take, in ms. */
  readonly withinMs: number
}

export interface SearchAnswer {
  readonly id: number
  /** Null: the search took too long, or the request was dropped. */
  readonly choice: Choice | null
}

const port = parentPort
assert(port !== null, 'this file runs as a worker')
/** Shared memory: element 0 is the id of the request that was dropped last. */
const dropped = workerData as Int32Array
port.on('message', ({ id, level, withinMs, ...position }: SearchRequest) => {
  const until = systemClock.now() + withinMs
  const mayContinue = (): boolean => Atomics.load(dropped, 0) !== id && systemClock.now() < until
  const answer: SearchAnswer = { id, choice: searchMove(position, level, { random: systemRandom, mayContinue }) }
  port.postMessage(answer)
})
