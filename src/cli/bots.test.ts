import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { seededRandom } from '../base/index.ts'
import { evolve, type Game, presets, type Rules } from '../game/index.ts'
import { Bots } from './bots.ts'

function begin(rules: Rules): Game {
  return evolve(null, { type: 'created', rules, seats: 'open', public: false, players: {} })
}

/** A thread that runs this text. */
const threadOf = (text: string) => new Worker(text, { eval: true })

test('what is quick is thought at once, without a thread', async () => {
  const bots = new Bots(seededRandom(1), () => assert.fail('no thread is needed'))
  const { x, y } = await bots.think(begin(presets.tictactoe), 'perfect')
  assert.ok(x < 3 && y < 3)
  await bots.close()
})

test('what takes long is thought in a thread', async () => {
  const bots = new Bots(seededRandom(1))
  const choices = await Promise.all([1, 2].map(() => bots.think(begin({ ...presets.gomoku, width: 25 }), 'casual')))
  for (const { x, y } of choices) assert.ok(x < 25 && y < 15)
  await bots.close()
})

test('a thread that dies costs the thought, not the game nor the next thought', async () => {
  const large = begin({ ...presets.gomoku, width: 25 })
  let started = 0
  const bots = new Bots(seededRandom(1), () =>
    started++ === 0
      ? threadOf(`require('node:worker_threads').parentPort.on('message', () => { throw new Error('bug') })`)
      : threadOf(`const { parentPort } = require('node:worker_threads')
          parentPort.on('message', ({ id }) => parentPort.postMessage({ id, choice: { x: 7, y: 7 } }))`),
  )
  const { x, y } = await bots.think(large, 'casual')
  assert.ok(x < 25 && y < 15)
  assert.deepEqual(await bots.think(large, 'casual'), { x: 7, y: 7 })
  assert.equal(started, 2)
  await bots.close()
})
