import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presets } from '../../game/index.ts'
import { Fault, type GameView, limits } from '../../protocol/index.ts'
import { decodePng } from '../testing/png.ts'
import { Pictures } from './pictures.ts'

const view: GameView = {
  game: 'g',
  version: 1,
  rules: presets.tictactoe,
  seats: 'open',
  board: '.........',
  turn: 'X',
  players: { X: null, O: null },
  outcome: null,
}
const asker = { address: '192.0.2.1', pay: (): void => {} }

test('[W44] a picture that was refused or not paid is not kept', async () => {
  const pictures = new Pictures(limits)
  const pay = (): void => {
    throw new Fault('rate-limited')
  }
  assert.throws(() => pictures.of(view, '1', { ...asker, pay }), { fault: 'rate-limited' })
  const png = await pictures.of(view, '1', asker)
  assert.equal(decodePng(png).width, 1_200)
  assert.equal(await pictures.of(view, '1', { ...asker, pay }), png)
  await pictures.close()
})

test('[W35] closed pictures draw nothing more, and what was not drawn is refused', async () => {
  const pictures = new Pictures(limits)
  const asked = ['1', '2'].map((tag) => pictures.of(view, tag, asker))
  const results = Promise.allSettled(asked)
  await pictures.close()
  for (const result of await results) assert.ok(result.status === 'rejected' && result.reason instanceof Fault)
  await assert.rejects(pictures.of(view, '3', asker), { fault: 'unavailable' })
})
