import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presets } from '../../game/index.ts'
import { FakeTable } from '../testing/table.ts'
import { cellsOf } from '../cells.ts'
import { plainTextOf } from './canvas.ts'
import { TerminalControls } from './controls.ts'
import { makeTime } from './table-view.ts'

function show(table: FakeTable, size = { columns: 80, rows: 24 }): string {
  return new TerminalControls(table)
    .lines(size)
    .map((line) => plainTextOf(line).trimEnd())
    .join('\n')
}

test('the screen of a game names the rules, the server, both players, whose turn it is, and the keys', () => {
  const screen = show(new FakeTable({ last: { type: 'moved', player: 'O', x: 2, y: 0 } }))
  for (const text of [
    'Oxo  tictactoe',
    '● http://localhost:1952',
    '▸ X  Ada (you)',
    '  O  Bo',
    'Your move.',
    'Last: O at 2,0',
    'arrows or col row, enter · r resign · d draw · t takeback · s say · q quit',
  ])
    assert.ok(screen.includes(text), `${text} is missing in\n${screen}`)
})

test('every board that is shown fits into a terminal of 80 by 24, with any status text', () => {
  for (const rules of Object.values(presets)) {
    const table = new FakeTable({ rules, offer: { player: 'O', what: 'takeback' } })
    table.link = {
      state: 'waiting',
      server: 'http://localhost:1952',
      seconds: 12,
      reason: 'the server cannot be reached',
    }
    const lines = show(table).split('\n')
    assert.match(lines.join('\n'), / The server cannot be reached\./)
    assert.ok(lines.length <= 23, `${lines.length} rows`)
    assert.ok(Math.max(...lines.map((line) => line.length)) <= 80, lines.join('\n'))
  }
})

test('for a board that does not fit, the screen names the size it needs', () => {
  const rules = { ...presets.gomoku, width: 25, height: 25 }
  assert.match(show(new FakeTable({ rules })), /needs a terminal of \d+ columns and 31 rows/)
  assert.match(show(new FakeTable({ rules }), { columns: 100, rows: 31 }), /24 {2}· ·/)
})

test('even the smallest terminal shows the size it needs and how to quit', () => {
  for (const rows of [5, 4, 3]) {
    const lines = show(new FakeTable(), { columns: 20, rows }).split('\n')
    assert.ok(lines.length < rows, String(rows))
    assert.match(lines.at(-1) ?? '', /^ {2}q quit\b/)
  }
  assert.match(show(new FakeTable(), { columns: 20, rows: 5 }), /^ {2}Needs \d+ × \d+\.$/m)
  const waiting = new FakeTable({ players: { X: { id: 'ada', name: 'Ada' }, O: null } })
  assert.match(show(waiting, { columns: 40, rows: 8 }), /\n {2}r withdraw · q quit$/)
})

test('while a seat is free, the invitation is shown instead of the board', () => {
  const screen = show(new FakeTable({ players: { X: { id: 'ada', name: 'Ada' }, O: null } }))
  assert.match(screen, /Waiting for an opponent/)
  assert.match(screen, /oxo play http:\/\/localhost:1952\/games\/g/)
  assert.match(screen, /You are X/)
  assert.doesNotMatch(screen, /┌/)
})

test('a lost connection is shown with its reason and the time to the next attempt', () => {
  const table = new FakeTable()
  table.link = { state: 'waiting', server: 'http://localhost:1952', seconds: 7, reason: 'the server cannot be reached' }
  assert.match(show(table), /○ no connection, next attempt in 7 s/)
  assert.match(show(table), /The server cannot be reached/)
})

test('an unconfirmed move is shown as such', () => {
  const table = new FakeTable({ turn: 'O' })
  table.isPending = true
  assert.match(show(table), /Not confirmed yet/)
})

test('absence is shown for people, not for bots', () => {
  const table = new FakeTable({ players: { X: { id: 'ada', name: 'Ada' }, O: { id: 'bo', name: 'Bo' } } })
  table.online = { X: false, O: false }
  assert.match(show(table), /O {2}Bo {2}away/)
  assert.doesNotMatch(show(table), /Ada \(you\) {2}away/)
  table.view = { ...table.view, players: { ...table.view.players, O: { id: 'b', name: 'Bot', bot: 'casual' } } }
  assert.doesNotMatch(show(table), /away/)
})

test('the outcome is described from the player’s point of view', () => {
  const line: [number, number][] = [0, 1, 2].map((x) => [x, 0])
  const over = { turn: null, board: 'XXXOO....', outcome: { winner: 'X', by: 'line', line } } as const
  assert.match(show(new FakeTable(over)), /You won: you have 3 in a row\./)
  assert.match(show(new FakeTable(over, ['O'])), /You lost: X has 3 in a row\./)
  assert.match(show(new FakeTable(over, [])), /X won: X has 3 in a row\./)
  assert.match(show(new FakeTable(over)), /m rematch · s say · q quit/)
  const drawn = new FakeTable({ turn: null, outcome: { winner: null, by: 'full' } })
  assert.match(show(drawn), /A draw: the board is full\./)
})

test('an offer is shown with its author and the keys to answer it', () => {
  const theirs = show(new FakeTable({ offer: { player: 'O', what: 'draw' } }))
  assert.match(theirs, /Bo offers a draw\./)
  assert.match(theirs, /a accept · x decline/)
  const own = show(new FakeTable({ offer: { player: 'X', what: 'draw' } }))
  assert.match(own, /You offer a draw\./)
  assert.match(own, /x withdraw/)
})

test('a name cannot move the cursor', () => {
  const screen = show(
    new FakeTable({ players: { X: null, O: { id: 'eve', name: 'E\u{1b}[2Jve\u{202e}' } }, seats: 'open' }),
  )
  assert.match(screen, /E·\[2Jve·/)
})

test('a wide name does not displace the time and the keys', () => {
  const control = { initialMs: 3_600_000, incrementMs: 0 }
  const clock = { control, X: 300_000, O: 3_599_000, running: true }
  const names = [
    'W'.repeat(24),
    '囲碁'.repeat(12),
    '👩‍🚀'.repeat(8),
    '🇨🇭'.repeat(12),
    'שָׁלוֹם'.repeat(4),
    'ကျော်'.repeat(4),
    '﷽﷽﷽',
  ]
  for (const rules of [presets.tictactoe, presets.gomoku])
    for (const name of names) {
      const table = new FakeTable({
        ...{ rules, clock, turn: 'O' },
        players: { X: { id: 'ada', name }, O: { id: 'bo', name } },
        offer: { player: 'O', what: 'takeback' },
      })
      table.online = { X: true, O: false }
      const lines = show(table).split('\n')
      const [x, o] = ['X', 'O'].map((player) => lines.find((line) => new RegExp(` ${player} {2,}\\d`).test(line)) ?? '')
      assert.equal(x?.indexOf('5:00'), (o?.indexOf('59:59') ?? 0) + 1, name)
      assert.match(x ?? '', / \(you\)$/)
      assert.match(o ?? '', / {2}away$/)
      assert.match(lines.join('\n'), /is to move\.[^]* asks to take the last move back\./)
      assert.ok(
        lines.every((line) => cellsOf(line) <= 80),
        lines.join('\n'),
      )
    }
})

test('time left is shown in minutes and seconds, at the end with tenths', () => {
  assert.deepEqual([0, 9_940, 10_000, 59_100, 60_000, 3_600_000].map(makeTime), [
    '0:00.0',
    '0:09.9',
    '0:10',
    '1:00',
    '1:00',
    '1:00:00',
  ])
})

test('a long link is shown whole in 80 columns, as a command that can be copied', () => {
  const table = new FakeTable({ players: { X: { id: 'ada', name: 'Ada' }, O: null } })
  table.invitation = `https://oxo.department-of-maths.example.org/games/${'g'.repeat(22)}`
  const lines = show(table).split('\n')
  assert.ok(lines.every((line) => line.length <= 80))
  assert.match(lines.join('\n'), new RegExp(`^ +oxo play \\\\\n +${table.invitation}$`, 'm'))
})

test('what the opponent says is shown with the name, and the keys for a saying fit into 80 columns', () => {
  const table = new FakeTable()
  table.said = { game: 'g', by: 'O', what: 'good-luck' }
  assert.match(show(table), /Bo: good luck/)
  table.said = { game: 'g', by: 'X', what: 'heart' }
  assert.match(show(table), /You: heart/)
  const controls = new TerminalControls(table)
  controls.press('s')
  const lines = controls.lines({ columns: 80, rows: 24 }).map(plainTextOf)
  assert.match(lines.at(-2) ?? '', /f good game$/)
  assert.match(lines.at(-1) ?? '', /l heart$/)
  for (const line of lines) assert.ok(line.length <= 80, line)
})

test('the score of a match, its end, and the key for the next game are shown', () => {
  const match = { length: 3, game: 2, X: 0, O: 1, drawn: 0, over: false } as const
  const [winner, by] = ['O', 'resignation'] as const
  const running = show(new FakeTable({ match, turn: null, outcome: { winner, by } }))
  assert.ok(running.includes('Best of 3, game 2: X 0, O 1') && running.includes('m next game'), running)
  const over = show(new FakeTable({ match: { ...match, O: 2, over: true }, turn: null, outcome: { winner, by } }))
  assert.ok(over.includes('You lost the match.') && over.includes('m rematch'), over)
})
