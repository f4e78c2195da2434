import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseGamePosition, parseRules } from '../game/index.ts'
import type { GameView } from './schema/shapes.ts'
import {
  makeBoard,
  makeEntered,
  makeListed,
  makeMoved,
  makeRefusal,
  makeShown,
  makePushed,
  makeTextPush,
  makeTextReply,
} from './text-reply.ts'

function rulesOf(text: string): GameView['rules'] {
  const rules = parseRules(text)
  assert.ok(typeof rules !== 'string')
  return rules
}

const main: GameView = {
  game: 'main',
  version: 2,
  rules: rulesOf('tictactoe'),
  seats: 'open',
  board: '....X....',
  turn: 'O',
  players: { X: null, O: null },
  outcome: null,
}
const ann = { id: 'a', name: 'Ann' }
const bob = { id: 'b', name: 'Bob' }
const seated: GameView = { ...main, game: 'abc', seats: 'invite', players: { X: ann, O: bob } }
const head = (lines: readonly string[]): string | undefined => lines[0]

test('[T4] a board shows its columns and rows with their numbers', () => {
  assert.equal(makeBoard(main).join('\n'), '  0 1 2\n0 . . .\n1 . X .\n2 . . .')
})

test('[T4] the board stays aligned with two-digit numbers', () => {
  const lines = makeBoard({ rules: rulesOf('12,11,5'), board: 'X'.padEnd(132, '.') })
  assert.equal(lines.length, 12)
  assert.equal(lines[0], '    0  1  2  3  4  5  6  7  8  9 10 11')
  assert.equal(lines[1], ' 0  X  .  .  .  .  .  .  .  .  .  .  .')
  assert.equal(lines[11], '10  .  .  .  .  .  .  .  .  .  .  .  .')
})

test('[T4] a printed board reads back as the board', () => {
  const side = fc.integer({ min: 1, max: 25 })
  fc.assert(
    fc.property(side, side, fc.infiniteStream(fc.constantFrom('X', 'O', '.')), (width, height, marks) => {
      const rules = { ...main.rules, width, height, line: 1, marks: 'wild' } as const
      const board = [...marks.take(width * height)].join('')
      const [, ...rows] = makeBoard({ rules, board }).map((row) => row.trim().split(/ +/).slice(1).join(''))
      assert.equal(parseGamePosition(rules, rows.join('/'))?.board, board)
    }),
    { seed: 1952, numRuns: 100 },
  )
})

test('[T5] the reply to a move is a result word, the standing and the board, and ends with an empty line', () => {
  const reply = makeTextReply(makeMoved(main))
  assert.equal(`${reply}\n`, 'OK version 2, O to move\n  0 1 2\n0 . . .\n1 . X .\n2 . . .\n\n')
})

const endings: readonly (readonly [NonNullable<GameView['outcome']>, string])[] = [
  [
    {
      winner: 'X',
      by: 'line',
      line: [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
    },
    'WIN X 0,1 1,1 2,1',
  ],
  [{ winner: 'O', by: 'resignation' }, 'WIN O by resignation'],
  [{ winner: 'X', by: 'time' }, 'WIN X by time'],
  [{ winner: 'X', by: 'abandonment' }, 'WIN X by abandonment'],
  [{ winner: null, by: 'full' }, 'DRAW'],
  [{ winner: null, by: 'agreement' }, 'DRAW by agreement'],
]

test('[T6] the reply to the last move names the winner and the line or reason', () => {
  for (const [outcome, line] of endings) {
    const over: GameView = { ...main, turn: null, outcome }
    assert.equal(head(makeMoved(over)), `${line} version 2`)
    assert.equal(head(makeShown(over)), `BOARD main version 2, ${line}`)
    assert.equal(head(makeEntered(over)), `OK game main, version 2, ${line}`)
  }
})

test('[T7] the reply on entering a game names its id, the own seat and how a friend joins', () => {
  const alone: GameView = { ...seated, version: 1, board: '.........', turn: 'X', players: { X: ann, O: null } }
  assert.deepEqual(makeEntered(alone, 'X').slice(0, 3), [
    'OK game abc, you are X, version 1, waiting for the opponent',
    'X is Ann, O is free',
    'a friend joins with: join abc',
  ])
})

test('[T7] clocks, offers and rematches are notes between the standing and the board', () => {
  const clock = { control: { initialMs: 60_000, incrementMs: 0 }, X: 59_001, O: 0, running: true }
  const view: GameView = { ...seated, clock, offer: { player: 'O', what: 'draw' }, next: 'def' }
  assert.deepEqual(makeMoved(view).slice(1, -4), [
    'X is Ann, O is Bob',
    'time left: X 60 s, O 0 s',
    'O offers a draw: accept or decline',
    'the rematch: join def',
  ])
})

test('[T7] the score of a match is a note, and says when the match is over', () => {
  const match = { length: 3, game: 2, X: 1, O: 0, drawn: 1, over: false } as const
  assert.ok(makeShown({ ...seated, match }).includes('best of 3, game 2: X 1, O 0, drawn 1'))
  const over = makeShown({ ...seated, match: { ...match, X: 2, drawn: 0, over: true } })
  assert.ok(over.includes('best of 3, game 2: X 2, O 0, drawn 0; the match is over'))
})

test('[T7] a declined or withdrawn offer is a note', () => {
  const last = { type: 'declined', player: 'O', what: 'takeback' } as const
  assert.ok(makeShown({ ...seated, last }).includes('the takeback was declined or withdrawn by O'))
})

test('[T8] a refusal is its code, its name and one sentence', () => {
  assert.equal(makeRefusal('not-your-turn', "it is O's move"), "ERR 4092 not-your-turn: it is O's move")
})

test('[T9] the lines of a notification start with a star, the last one is a dot, and no empty line follows', () => {
  assert.equal(makePushed(main), '* BOARD main version 2, O to move\n*   0 1 2\n* 0 . . .\n* 1 . X .\n* 2 . . .\n* .')
})

test('[T10] a listed game starts with its id', () => {
  const { game, rules, outcome } = seated
  const players = { X: ann, O: null }
  assert.equal(
    makeListed({ game, rules, players, outcome, status: 'open', at: 0 }),
    'abc tictactoe open: X is Ann, O is free',
  )
})

test('[T11] no name or id can break a line, move the cursor or reverse the text', () => {
  const name = 'a\r\nWIN X\u001b[2J\u202e\u2028\u0085\ud800'
  const reply = makeTextReply(makeMoved({ ...seated, players: { X: { id: 'a', name }, O: null } }))
  assert.ok(reply.includes('a\\u{d}\\u{a}WIN X\\u{1b}[2J\\u{202e}\\u{2028}\\u{85}\\u{d800}, O is free\n'))
})

test('[T11] a reply of any lines is printable, and has an empty line only at its end', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1 }), (lines) => {
      const reply = makeTextReply(lines)
      assert.doesNotMatch(reply, /[^\P{Cc}\n]|[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
      assert.equal(`${reply}\n`.indexOf('\n\n'), reply.length - 1)
      assert.ok(
        makeTextPush(lines)
          .split('\n')
          .every((line) => line.startsWith('* ')),
      )
    }),
    { seed: 1952, numRuns: 1_000 },
  )
})
