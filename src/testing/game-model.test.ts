import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Command, presets } from '../game/index.ts'
import type { ErrorName } from '../protocol/index.ts'
import { type GameInput, type GameOutput, GameState, makeGameModel } from './game-model.ts'
import { checkLinearizable, type Operation } from './linearizability.ts'

const [ada, bob] = [
  { id: 'ada', name: 'Ada' },
  { id: 'bob', name: 'Bob' },
]
const create: Command = {
  type: 'create',
  rules: presets.tictactoe,
  seats: 'invite',
  public: false,
  players: { X: ada },
  by: 'ada',
}
const join: Command = { type: 'join', account: bob }
const move = (by: string, x: number, version: number): Command => ({ type: 'move', by, x, y: 0, version })

/** The answer of the game after `commands` were executed in order. */
function after(...commands: readonly Command[]): GameOutput {
  const model = makeGameModel('g')
  const end = commands.reduce((state, command) => model.step(state, command, undefined)[0] ?? state, model.initial)
  return { state: end.text }
}

type Step = readonly [input: GameInput, output?: GameOutput]
const did = (input: GameInput, output: GameOutput): Step => [input, output]
const no = (refused: ErrorName): GameOutput => ({ refused })

/** Checks sequential steps; a step without an output stays open. */
function judge(...steps: readonly Step[]): string {
  const history = steps.map(([input, output], index): Operation<GameInput, GameOutput> => {
    if (output === undefined) return { input, invoked: 2 * index, returned: Infinity }
    return { input, output, invoked: 2 * index, returned: 2 * index + 1 }
  })
  return checkLinearizable(makeGameModel('g'), history).type
}

const begun = [did('read', no('no-such-game')), did(create, after(create)), did(join, after(create, join))]

test('a game that was played by the rules is linearizable', () => {
  const [first, second] = [move('ada', 0, 2), move('bob', 1, 3)]
  const history = [
    did(first, after(create, join, first)),
    did(move('bob', 0, 3), no('cell-taken')),
    did(second, after(create, join, first, second)),
    did('read', after(create, join, first, second)),
  ]
  assert.equal(judge(...begun, ...history), 'linearizable')
})

test('a repeat gets the same answer as before, at any age; any other command at that version is stale', () => {
  const [first, second] = [move('ada', 0, 2), move('bob', 1, 3)]
  const history = [
    did(first, after(create, join, first)),
    did(second, after(create, join, first, second)),
    did(first, after(create, join, first)),
    did(move('ada', 2, 2), no('stale')),
    did(create, after(create)),
  ]
  assert.equal(judge(...begun, ...history), 'linearizable')
  assert.equal(judge(...begun, ...history, did(first, no('stale'))), 'violated')
})

test('refusing a command at the newest version as stale is a violation', () => {
  const history = [...begun, did(move('ada', 0, 2), no('stale'))]
  assert.equal(judge(...history), 'violated')
})

test('only a clock may end a game at any time, with or without a late move', () => {
  const timed: Command = { ...create, clock: { perMoveMs: 1_000 } }
  const first = move('ada', 0, 2)
  const late = [did(timed, after(timed)), did(join, after(timed, join)), did(first, no('game-over'))]
  assert.equal(judge(...late), 'linearizable')
  assert.equal(judge(...begun, did(first, no('game-over'))), 'violated')
  const seated = [did(timed, after(timed)), did(join, after(timed, join))]
  const end = new GameState('g')
    .after({ ...timed, type: 'created' })
    .after({ type: 'joined', player: 'O', account: bob })
  const over = did('read', { state: end.after({ type: 'flagged', player: 'X' }).text })
  assert.equal(judge(...seated, over), 'violated')
  assert.equal(judge(...seated, [{ type: 'flag' }], over), 'linearizable')
})
