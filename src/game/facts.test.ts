/** The tricky games of spec/games, played by the rules, and by planted wrong rules that the facts must catch. */
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
import { after, eventOf, move, open, verdict } from './testing/play.ts'

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

const tell = (rules: Rules, outcome: Outcome | null): Fact['outcome'] => {
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
    let game = after(open(rules))
    for (const step of fact.moves) {
      const [x, y, mark] = 'refused' in step ? step.move : step
      const asked = { ...move(x, y), ...(mark && { mark }) }
      if ('refused' in step) {
        assert.equal(verdict(game, { ...asked, ...(step.player && { player: step.player }) }), step.refused)
      } else {
        game = evolve(game, eventOf(game, asked))
      }
    }
    assert.equal(makePosition(game), fact.board)
    assert.deepEqual(tell(rules, game.outcome), fact.outcome)
  })
}

/** How a fact's game ends by another referee, who goes on until the moves are over. */
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
    if (outcome !== null) return tell(rules, outcome)
  }
  return null
}

/** Which facts a referee gets wrong. */
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

type Look = (rules: Rules, board: string, cell: Cell) => readonly Way[]

/** A referee who looks at every way there is: slow, and right if `look` is. */
function refereeWho(look: Look): Referee {
  return (rules, board, { cell, player }) => {
    const line = look(rules, board, cell)
      .map(({ cells }) => cells)
      .toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0))[0]
    if (line !== undefined) return { winner: rules.misere ? opponent(player) : player, by: 'line', line }
    return board.includes('.') ? null : { winner: null, by: 'full' }
  }
}

const complete: Look = (rules, board, cell) =>
  ways(rules).filter(({ cells }) => cells.includes(cell) && cells.every((other) => board[other] === board[cell]))

const right: Look = (rules, board, cell) =>
  complete(rules, board, cell).filter(({ ends }) => !rules.exact || ends.every((end) => board[end] !== board[cell]))

const step = ({ cells: [first = 0, second = 0] }: Way): number => second - first

const planted: Readonly<Record<string, Referee>> = {
  'misses the anti-diagonal': refereeWho((rules, ...rest) =>
    right(rules, ...rest).filter((way) => way.cells.length === 1 || rules.width === 1 || step(way) !== rules.width - 1),
  ),
  'misses the diagonal': refereeWho((rules, ...rest) =>
    right(rules, ...rest).filter((way) => step(way) !== rules.width + 1),
  ),
  'misses columns': refereeWho((rules, ...rest) => right(rules, ...rest).filter((way) => step(way) !== rules.width)),
  'takes exact for at least': refereeWho(complete),
  'takes an overline by one for exact': refereeWho((rules, ...rest) => {
    const all = complete(rules, ...rest)
    return rules.exact && all.length === 2 ? all : right(rules, ...rest)
  }),
  'takes exact for always': refereeWho((rules, ...rest) => right({ ...rules, exact: true }, ...rest)),
  'asks for one mark more': refereeWho((rules, ...rest) => right({ ...rules, line: rules.line + 1 }, ...rest)),
  'goes on in the next row': refereeWho((rules, board, cell) => {
    const starts = Array.from({ length: Math.max(0, board.length - rules.line + 1) }, (_, start) => start)
    const wraps = starts
      .map((start) => ({ cells: Array.from({ length: rules.line }, (_, index) => start + index), ends: [] }))
      .filter(({ cells }) => cells.includes(cell) && cells.every((other) => board[other] === board[cell]))
    return [...right(rules, board, cell), ...wraps]
  }),
  'forgets misère': (rules, ...rest) => outcomeOf({ ...rules, misere: false }, ...rest),
  'calls a full board a draw before it looks': (rules, board, last) =>
    board.includes('.') ? outcomeOf(rules, board, last) : { winner: null, by: 'full' },
  'lets a full board go on': (rules, board, last) => {
    const outcome = outcomeOf(rules, board, last)
    return outcome?.by === 'full' ? null : outcome
  },
  'gives a line of the other letter to the other player': (rules, board, last) => {
    const outcome = outcomeOf(rules, board, last)
    return outcome?.line && rules.marks === 'wild' ? { ...outcome, winner: board[last.cell] as Player } : outcome
  },
  'names the last line in reading order': (rules, board, last) => {
    const outcome = outcomeOf(rules, board, last)
    const line = right(rules, board, last.cell).at(-1)?.cells
    return outcome?.line && line ? { ...outcome, line } : outcome
  },
}

test('the facts find no mistake in the rules, nor in a referee who looks at every way', () => {
  assert.deepEqual(mistakes(outcomeOf), [])
  assert.deepEqual(mistakes(refereeWho(right)), [])
})

for (const [name, referee] of Object.entries(planted)) {
  test(`the facts catch a referee who ${name}`, () => {
    assert.notDeepEqual(mistakes(referee), [])
  })
}

test('the number of games tells a draw from a win', () => {
  const biased: Referee = (rules, board, last) => {
    const outcome = outcomeOf(rules, board, last)
    return outcome?.by === 'full' ? { ...outcome, winner: 'X' } : outcome
  }
  const fact = perft.facts.find(({ rules }) => rules === 'tictactoe')
  assert.notDeepEqual(countGames(parseRules('tictactoe') as Rules, biased), fact?.games)
})
