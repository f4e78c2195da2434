import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, type GameView, OxoError } from '../client/index.ts'
import type { ErrorName } from '../protocol/index.ts'
import { type Command, presets } from '../game/index.ts'
import { GameHistory } from './game-history.ts'
import { StubTransport } from '../client/testing/stub-transport.ts'

const [ada, bob] = [
  { id: 'ada', name: 'Ada' },
  { id: 'bob', name: 'Bob' },
]
const players = { X: ada }
const create: Command = { type: 'create', rules: presets.tictactoe, seats: 'invite', public: false, players, by: 'ada' }
const join: Command = { type: 'join', account: bob }
const move = (by: string, x: number, version: number): Command => ({ type: 'move', by, x, y: 0, version })

function view(version: number, board: string, turn: 'X' | 'O', last: object): GameView {
  const seats = { X: ada, O: version > 1 ? bob : null }
  const shown = { game: 'g', version, rules: presets.tictactoe, seats: 'invite', board, turn, players: seats }
  return { ...shown, outcome: null, last } as GameView
}
const created = view(1, '.........', 'X', { type: 'created' })
const joined = view(2, '.........', 'X', { type: 'joined', player: 'O' })
const fail = (name: ErrorName) => () => Promise.reject(new OxoError(name, 'scripted'))

async function begin(): Promise<GameHistory> {
  const history = new GameHistory('g')
  await history.record(create, async () => created)
  await history.record(join, async () => joined)
  return history
}

test('a history whose answers follow the rules is linearizable', async () => {
  const history = await begin()
  await assert.rejects(history.record(move('bob', 0, 2), fail('not-your-turn')), { name: 'not-your-turn' })
  assert.equal(history.check().type, 'linearizable')
})

test('a command with an unknown outcome may show its effect; one that was not executed may not', async () => {
  const moved = view(3, 'X........', 'O', { type: 'moved', player: 'X', x: 0, y: 0 })
  for (const [name, verdict] of [
    ['outcome-unknown', 'linearizable'],
    ['unavailable', 'violated'],
  ] as const) {
    const history = await begin()
    await assert.rejects(history.record(move('ada', 0, 2), fail(name)), { name })
    assert.equal(history.check().type, 'linearizable')
    await history.record('read', async () => moved)
    assert.equal(history.check().type, verdict, name)
  }
})

test('a stale read is a violation, unless an option says that reads may lag', async () => {
  const history = await begin()
  await history.record('read', async () => created)
  assert.equal(history.check().type, 'violated')
  assert.equal(history.check({ mayMiss: (later) => later.input === 'read' }).type, 'linearizable')
})

test('an error that is not an answer of the server is rethrown and not recorded', async () => {
  const history = new GameHistory('g')
  await assert.rejects(
    history.record('read', () => Promise.reject(new TypeError('a bug'))),
    TypeError,
  )
  assert.deepEqual(history.operations, [])
})

test('the requests of a client over a wire are recorded', async () => {
  const wire = new StubTransport()
  using client = connect('ws://server', { transport: wire.dial })
  wire.welcome()
  const history = new GameHistory('g')
  const asked = history.record('read', () => client.call('game.get', { game: 'g' }))
  wire.refuse(wire.hear('game.get'), 'no-such-game')
  await assert.rejects(asked, { name: 'no-such-game' })
  assert.deepEqual(history.operations, [
    { input: 'read', output: { refused: 'no-such-game' }, invoked: 1, returned: 2 },
  ])
})
