import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide, evolve, type Game, type PresetName, presets } from '../game/index.ts'
import { makeView } from '../protocol/index.ts'
import { foresee, gameOf } from './foresee.ts'

const account = (id: string) => ({ id, name: id })

function makeStart(preset: PresetName, isClocked: boolean): Game {
  const players = { X: account('x'), O: account('o') }
  const clock = isClocked ? { clock: { initialMs: 60_000, incrementMs: 1_000 } } : {}
  return evolve(null, { type: 'created', rules: presets[preset], seats: 'invite', public: false, players, ...clock })
}

const cells = fc.array(fc.record({ x: fc.nat(7), y: fc.nat(6) }), { minLength: 1, maxLength: 40 })
const preset = fc.constantFrom(...(Object.keys(presets) as PresetName[]))

test('[C17] the predicted view of a move is the view that the server sends', () => {
  fc.assert(
    fc.property(preset, fc.boolean(), cells, (name, isClocked, places) => {
      let game = makeStart(name, isClocked)
      for (const place of places) {
        const view = makeView('g', game)
        const by = game.turn === 'X' ? 'x' : 'o'
        const decision = decide(game, { type: 'move', by, elapsedMs: 5, ...place })
        if (decision.type === 'event') game = evolve(game, decision.event)
        const foreseen = foresee(view, [{ version: view.version, ...place }], by, 5)
        assert.deepEqual(foreseen, makeView('g', game))
      }
    }),
    { seed: 1952, numRuns: 200 },
  )
})

test('a game rebuilt from a view gives the same view', () => {
  fc.assert(
    fc.property(preset, fc.boolean(), cells, (name, isClocked, places) => {
      let game = makeStart(name, isClocked)
      for (const place of places) {
        const decision = decide(game, { type: 'move', by: game.turn === 'X' ? 'x' : 'o', elapsedMs: 5, ...place })
        if (decision.type === 'event') game = evolve(game, decision.event)
      }
      const view = makeView('g', game)
      const { last: _, ...shown } = makeView('g', gameOf(view))
      const { last: __, ...expected } = view
      assert.deepEqual(shown, expected)
    }),
    { seed: 1952, numRuns: 200 },
  )
})

test('[C17] the client never declares a fallen flag: it leaves that to the server', () => {
  const view = makeView('g', makeStart('tictactoe', true))
  assert.equal(foresee(view, [{ version: 1, x: 0, y: 0 }], 'x', 60_000), view)
})
