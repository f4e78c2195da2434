import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { presets } from '../../game/index.ts'
import { FakeTable, makeTestView } from '../testing/table.ts'
import { TerminalControls } from './controls.ts'

/** The commands that these keys send to the table. */
function press(table: FakeTable, ...keys: readonly string[]): TerminalControls {
  const controls = new TerminalControls(table)
  for (const key of keys) controls.press(key)
  return controls
}

function asked(table: FakeTable, ...keys: readonly string[]): readonly string[] {
  press(table, ...keys)
  return table.asked
}

test('the cursor begins in the middle, moves by arrows and letters, and wraps around', () => {
  assert.deepEqual(asked(new FakeTable(), 'enter'), ['move 1 1'])
  assert.deepEqual(asked(new FakeTable(), 'up', 'left', ' '), ['move 0 0'])
  assert.deepEqual(asked(new FakeTable(), 'k', 'k', 'l', 'enter'), ['move 2 2'])
  assert.deepEqual(asked(new FakeTable(), 'j', 'h', 'enter'), ['move 0 2'])
})

test('a place can be typed, corrected and cancelled', () => {
  assert.deepEqual(asked(new FakeTable(), '0', ' ', '2', 'enter'), ['move 0 2'])
  assert.deepEqual(asked(new FakeTable(), '1', ',', '1', 'backspace', '2', 'enter'), ['move 1 2'])
  assert.deepEqual(asked(new FakeTable(), '0', 'escape', 'enter'), ['move 1 1'])
  const half = press(new FakeTable(), '1', 'enter')
  assert.match(half.state.notice, /two numbers/)
})

test('with gravity the cursor shows the cell of the mark, and a column is a complete place', () => {
  const rules = presets['connect-four']
  const board = '.'.repeat(38) + 'X...'
  const table = new FakeTable({ rules, board })
  assert.deepEqual(press(table).state.cursor, { x: 3, y: 4 })
  assert.deepEqual(asked(table, '6', 'enter'), ['move 6 0'])
})

test('if the rules let the player choose the mark, Tab switches it', () => {
  const rules = presets.wild
  assert.deepEqual(asked(new FakeTable({ rules }), 'enter'), ['move 1 1 X'])
  assert.deepEqual(asked(new FakeTable({ rules }), 'tab', 'enter'), ['move 1 1 O'])
})

test('no move is sent out of turn, before the opponent joined, after the end, or without a seat', () => {
  const cases: readonly (readonly [FakeTable, RegExp])[] = [
    [new FakeTable({ turn: 'O' }), /not your move/],
    [new FakeTable({ players: { X: { id: 'ada', name: 'Ada' }, O: null } }), /when somebody joins/],
    [new FakeTable({ turn: null, outcome: { winner: null, by: 'full' } }), /is over/],
    [new FakeTable({}, []), /watching/],
  ]
  for (const [table, reason] of cases) {
    assert.match(press(table, 'enter').state.notice, reason)
    assert.deepEqual(table.asked, [])
  }
})

test('the notice "not your move" disappears with the player’s turn', () => {
  const table = new FakeTable({ turn: 'O' })
  const controls = press(table, 'enter')
  table.view = makeTestView({ turn: 'X' })
  assert.equal(controls.state.notice, '')
})

test('a resignation needs a confirmation', () => {
  assert.deepEqual(asked(new FakeTable(), 'r', 'n', 'r', 'enter'), [])
  assert.deepEqual(asked(new FakeTable(), 'r', 'y'), ['resign'])
})

test('offers are made and answered', () => {
  assert.deepEqual(asked(new FakeTable(), 'd', 't'), ['offer draw', 'offer takeback'])
  const offer = { player: 'O', what: 'takeback' } as const
  assert.deepEqual(asked(new FakeTable({ offer }), 'a', 'x'), ['accept takeback', 'decline takeback'])
  const over = { turn: null, outcome: { winner: 'O', by: 'time' } } as const
  assert.deepEqual(asked(new FakeTable(over), 'm'), ['offer rematch'])
  assert.deepEqual(asked(new FakeTable({ ...over, seats: 'open' }), 'm'), ['restart'])
})

test('[C31] a key meant for one offer does not answer a later one', () => {
  const table = new FakeTable({ offer: { player: 'O', what: 'takeback' } })
  const clock = new VirtualClock()
  const controls = new TerminalControls(table, clock)
  table.hear({ offer: { player: 'O', what: 'draw' } })
  clock.advance(499)
  controls.press('a')
  assert.match(controls.state.notice, /just changed/)
  assert.deepEqual(table.asked, [])
  clock.advance(1)
  controls.press('a')
  assert.deepEqual(table.asked, ['accept draw'])
})

test('[C31] a key meant for one game does nothing in the rematch that replaced it', () => {
  const table = new FakeTable()
  const clock = new VirtualClock()
  const controls = new TerminalControls(table, clock)
  table.hear({ game: 'h' })
  for (const key of ['enter', 'd', 't']) controls.press(key)
  assert.deepEqual(table.asked, [])
  clock.advance(500)
  controls.press('enter')
  assert.deepEqual(table.asked, ['move 1 1'])
})

test('[C31] a confirmed resignation does not apply to another position', () => {
  for (const differing of [{ version: 3 }, { game: 'h' }]) {
    const table = new FakeTable()
    const controls = new TerminalControls(table)
    controls.press('r')
    table.hear(differing)
    controls.press('y')
    assert.deepEqual(table.asked, [])
    assert.match(controls.state.notice, /press r again/)
    controls.press('r')
    controls.press('y')
    assert.deepEqual(table.asked, ['resign'])
  }
})

test('[C31] on a board with open seats, a key does not place the other mark right after a foreign move', () => {
  const table = new FakeTable({ seats: 'open' }, ['X', 'O'])
  const clock = new VirtualClock()
  const controls = new TerminalControls(table, clock)
  table.isPending = true
  table.hear({ board: 'X........', turn: 'O', version: 3 })
  table.isPending = false
  table.hear({ version: 3 })
  controls.press('enter')
  assert.deepEqual(table.asked, ['move 1 1'], 'the own move before does not matter')
  table.hear({ board: 'XO.......', turn: 'X', version: 4 })
  controls.press('enter')
  assert.deepEqual(table.asked, ['move 1 1'])
  clock.advance(500)
  controls.press('enter')
  assert.deepEqual(table.asked, ['move 1 1', 'move 1 1'])
})

test('a waiting offer must be answered before another one is made', () => {
  const table = new FakeTable({ offer: { player: 'O', what: 'takeback' } })
  assert.deepEqual(asked(table, 't', 'd'), [])
  assert.match(press(table, 't').state.notice, /waits for its answer/)
})

test('a refusal is shown as a sentence, until the next key', async () => {
  const table = new FakeTable()
  table.refusal = 'the cell is taken'
  const controls = press(table, 'enter')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(controls.state.notice, 'The cell is taken.')
  controls.press('left')
  assert.equal(controls.state.notice, '')
})

test('q quits', async () => {
  await press(new FakeTable(), 'q').left
})

test('s asks what to say: a letter says it, any other key does not', () => {
  const table = new FakeTable()
  const { state } = press(table, 's')
  assert.match(state.notice, /^a hello · b good luck · /)
  assert.deepEqual(asked(table, 's', 'c', 's', 'q', 's', 'l'), ['say well-played', 'say heart'])
  const bot = new FakeTable({
    players: { X: { id: 'ada', name: 'Ada' }, O: { id: 'bot', name: 'Bot', bot: 'casual' } },
  })
  assert.deepEqual(asked(bot, 's', 'c'), [])
  assert.deepEqual(asked(new FakeTable({}, []), 's', 'c'), [])
})
