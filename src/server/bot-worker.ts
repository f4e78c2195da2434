/** The thread in which bots think for long. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert, systemClock, systemRandom } from '../base/index.ts'
import { type Choice, type Level, type Position, searchMove } from '../game/index.ts'

export interface Question extends Position {
  readonly id: number
  readonly level: Level
  /** How long it may take. */
  readonly withinMs: number
}

export interface Answer {
  readonly id: number
  /** Null: it took too long, or was dropped. */
  readonly choice: Choice | null
}

const port = parentPort
assert(port !== null, 'this file runs as a worker')
/** Its first number is the id of the question that was dropped last. */
const dropped = workerData as Int32Array
port.on('message', ({ id, level, withinMs, ...position }: Question) => {
  const until = systemClock.now() + withinMs
  const mayGoOn = (): boolean => Atomics.load(dropped, 0) !== id && systemClock.now() < until
  const answer: Answer = { id, choice: searchMove(position, level, { random: systemRandom, mayGoOn }) }
  port.postMessage(answer)
})
