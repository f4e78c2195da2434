/** Plays the tricky games of spec/games with the real rules, and with planted wrong rules that the facts must detect. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import perft from '../../spec/perft.json' with { type: 'json' }
import { cellOf, emptyBoard, makePosition, placeOf, put, turnAfter } from './board.ts'
import { evolve, outcomeOf } from './evolve.ts'
import type { Cell, Outcome } from './game.ts'
import { type Way, ways } from './line.ts'
import { land, markFor } from './move.ts'
import { type Mark, opponent, type Player } from './player.ts'
import { countGames, countPositions, type Referee } from './perft.ts'
import { parseRules, type Rules } from './rules.ts'
import { after, eventOf, move, openCommand, verdict } from './testing/play.ts'

type Told = readonly [x: number, y: number, mark?: Mark]

interface Fact {
  readonly name: string
  readonly rules: string
  readonly moves: readonly (Told | { readonly move: Told; readonly player?: Player; readonly refused: string })[]
  readonly outcome: { readonly winner: Player | null; readonly by: string; readonly line?: readonly Told[] } | null
  readonly board: string
}

const folder = new URL('../../spec/games/', import.meta.url)
const facts = readdirSync(folder).flatMap(
  (file) => (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { games: readonly Fact[] }).games,
)

const describe = (rules: Rules, outcome: Outcome | null): Fact['outcome'] => {
  if (outcome?.line === undefined) return outcome && { winner: outcome.winner, by: outcome.by }
  const line = outcome.line.map((cell): Told => {
    const { x, y } = placeOf(rules, cell)
    return [x, y]
  })
  return { ...outcome, line }
}

for (const fact of facts) {
  test(`[G3] [G4] [G5] [G6] [G7] [G8] [G19] ${fact.rules}: ${fact.name}`, () => {
    const rules = parseRules(fact.rules) as Rules
    let game = after(openCommand(rules))
    for (const step of fact.moves) {
      const [x, y, mark] = 'refused' in step ? step.move : step
      const command = { ...move(x, y), ...(mark && { mark }) }
      if ('refused' in step) {
        assert.equal(verdict(game, { ...command, ...(step.player && { player: step.player }) }), step.refused)
      } else {
        game = evolve(game, eventOf(game, command))
      }
    }
    assert.equal(makePosition(game), fact.board)
    assert.deepEqual(describe(rules, game.outcome), fact.outcome)
  })
}

/** The outcome of a fact's game according to another referee; null if the moves end first. */
function judge(fact: Fact, referee: Referee): Fact['outcome'] {
  const rules = parseRules(fact.rules) as Rules
  let board = emptyBoard(rules)
  let ply = 0
  for (const step of fact.moves) {
    if ('refused' in step) continue
    const player = turnAfter(ply++)
    const cell = land(rules, board, { x: step[0], y: step[1] }) ?? cellOf(rules, { x: step[0], y: step[1] })
    board = put(board, cell, markFor(rules, player, step[2]) ?? player)
    const outcome = referee(rules, board, { cell, player })
    if (outcome !== null) return describe(rules, outcome)
  }
  return null
}

/** The facts that a referee gets wrong. */
function mistakes(referee: Referee): readonly string[] {
  const games = facts.filter((fact) => {
    try {
      assert.deepEqual(judge(fact, referee), fact.outcome)
      return false
    } catch {
      return true
    }
  })
  const small = perft.facts.filter(({ rules }) => ['2,2,2', 'tictactoe'].includes(rules))
  const counts = small.filter((fact) => {
    const rules = parseRules(fact.rules) as Rules
    const positions = countPositions(rules, { referee }).reduce((sum, count) => sum + count, 0)
    return positions !== fact.positions
  })
  return [...games, ...counts].map((fact) => ('name' in fact ? fact.name : fact.rules))
}

type FindWays = (rules: Rules, board: string, cell: Cell) => readonly Way[]

/** A referee that examines every possible line: slow, and correct if `findWays` is. */
function makeReferee(findWays: FindWays): Referee {
  return (rules, board, { cell, player }) => {
    const line = findWays(rules, board, cell)
      .map(({ cells }) => cells)
      .toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0))[0]
    if (line !== undefined) return { winner: rules.misere ? opponent(player) : player, by: 'line', line }
    return board.includes('.') ? null : { winner: null, by: 'full' }
  }
}

const complete: FindWays = (rules, board, cell) =>
  ways(rules).filter(({ cells }) => cells.includes(cell) && cells.every((other) => board[other] === board[cell]))

const correct: FindWays = (rules, board, cell) =>
  complete(rules, board, cell).filter(({ ends }) => !rules.exact || ends.every((end) => board[end] !== board[cell]))

const step = ({ cells: [first = 0, second = 0] }: Way): number => second - first

const planted: Readonly<Record<string, Referee>> = {
  'misses the anti-diagonal': makeReferee((rules, ...rest) =>
    correct(rules, ...rest).filter(
      (way) => way.cells.length === 1 || rules.width === 1 || step(way) !== rules.width - 1,
    ),
  ),
  'misses the diagonal': makeReferee((rules, ...rest) =>
    correct(rules, ...rest).filter((way) => step(way) !== rules.width + 1),
  ),
  'misses columns': makeReferee((rules, ...rest) => correct(rules, ...rest).filter((way) => step(way) !== rules.width)),
  'treats exact lines as at least that long': makeReferee(complete),
  'accepts an overline of one more mark as exact': makeReferee((rules, ...rest) => {
    const all = complete(rules, ...rest)
    return rules.exact && all.length === 2 ? all : correct(rules, ...rest)
  }),
  'treats all rules as exact': makeReferee((rules, ...rest) => correct({ ...rules, exact: true }, ...rest)),
  'requires one mark more': makeReferee((rules, ...rest) => correct({ ...rules, line: rules.line + 1 }, ...rest)),
  'continues a line in the next row': makeReferee((rules, board, cell) => {
    const starts = Array.from({ length: Math.max(0, board.length - rules.line + 1) }, (_, start) => start)
    const wraps = starts
      .map((start) => ({ cells: Array.from({ length: rules.line }, (_, index) => start + index), ends: [] }))
      .filter(({ cells }) => cells.includes(cell) && cells.every((other) => board[other] === board[cell]))
    return [...correct(rules, board, cell), ...wraps]
  }),
  'forgets misère': (rules, ...rest) => outcomeOf({ ...rules, misere: false }, ...rest),
  'calls a full board a draw before it looks for a line': (rules, board, last) =>
    board.includes('.') ? outcomeOf(rules, board, last) : { winner: null, by: 'full' },
  'lets a game continue on a full board': (rules, board, last) => {
    const outcome = outcomeOf(rules, board, last)
    return outcome?.by === 'full' ? null : outcome
  },
  'gives a line of the other letter to the other player': (rules, board, last) => {
    const outcome = outcomeOf(rules, board, last)
    return outcome?.line && rules.marks === 'wild' ? { ...outcome, winner: board[last.cell] as Player } : outcome
  },
  'names the last line in reading order': (rules, board, last) => {
    const outcome = outcomeOf(rules, board, last)
    const line = correct(rules, board, last.cell).at(-1)?.cells
    return outcome?.line && line ? { ...outcome, line } : outcome
  },
}

test('the facts find no mistake in the rules, nor in a referee that examines every possible line', () => {
  assert.deepEqual(mistakes(outcomeOf), [])
  assert.deepEqual(mistakes(makeReferee(correct)), [])
})

for (const [name, referee] of Object.entries(planted)) {
  test(`the facts detect a referee that ${name}`, () => {
    assert.notDeepEqual(mistakes(referee), [])
  })
}

test('the number of games distinguishes a draw from a win', () => {
  const biased: Referee = (rules, board, last) => {
    const outcome = outcomeOf(rules, board, last)
    return outcome?.by === 'full' ? { ...outcome, winner: 'X' } : outcome
  }
  const fact = perft.facts.find(({ rules }) => rules === 'tictactoe')
  assert.notDeepEqual(countGames(parseRules('tictactoe') as Rules, biased), fact?.games)
})
