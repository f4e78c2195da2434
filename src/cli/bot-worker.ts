/** The thread in which bots think for long. */
import { parentPort } from 'node:worker_threads'
import { assert, systemRandom } from '../base/index.ts'
import { type Choice, chooseMove, type Level } from '../game/index.ts'
import type { Position } from '../game/index.ts'

export interface Question extends Position {
  readonly id: number
  readonly level: Level
}

export interface Answer {
  readonly id: number
  readonly choice: Choice
}

const port = parentPort
assert(port !== null, 'this file runs as a worker')
port.on('message', ({ id, level, ...position }: Question) => {
  const answer: Answer = { id, choice: chooseMove(position, level, systemRandom) }
  port.postMessage(answer)
})
