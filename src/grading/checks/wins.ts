/** The server finds the win, and only a win. */
import { presets } from '../../game/index.ts'
import { describeAnswer } from '../submission/answer.ts'
import type { GradedServer } from '../submission/graded-server.ts'
import { beginning, freeCells, markCell, type GradedPosition } from '../submission/model.ts'
import { affordable, eachGame } from './board.ts'
import { type GradingCheck, isRefused, notChecked, playAll, randomGame } from './check.ts'

/** Plays all moves but the last, then the last one, which must be answered as the rules say. */
async function expectEnd(server: GradedServer, cells: readonly number[]): Promise<void> {
  const game = await server.newGame()
  const before = await playAll(server, game, cells.slice(0, -1))
  // A game that the server believes over already is the matter of `no-false-win`.
  if (before?.answer.kind === 'win' || before?.answer.kind === 'draw') return
  const { answer, expected, what } = await game.play(cells.at(-1) ?? 0)
  const winner = what.charAt(0)
  if (answer.kind !== expected.answer)
    throw server.explain(
      `${game.story}, the answer was ${describeAnswer(answer)}, not ${expected.answer === 'win' ? `a win of ${winner}` : 'a draw'}`,
    )
  if (expected.answer === 'win' && answer.winner !== 'unnamed' && answer.winner !== winner)
    throw server.explain(`${game.story}, the server said that ${answer.winner} won, not ${winner}`)
}

const { width } = presets.tictactoe
const numbers = [0, 1, 2] as const
const lines = {
  rows: numbers.map((row) => numbers.map((col) => row * width + col)),
  columns: numbers.map((col) => numbers.map((row) => row * width + col)),
  diagonals: [numbers.map((index) => index * width + index), numbers.map((index) => index * width + width - 1 - index)],
} as const

/** A game in which `player` completes the line with `last`, and the other player has no line. */
function winBy(player: 'X' | 'O', line: readonly number[], last: number): readonly number[] {
  const own = [...line.filter((cell) => cell !== last), last]
  const free = freeCells(beginning.board).filter((cell) => !line.includes(cell))
  const others = chooseHarmless(free, player === 'X' ? 2 : 3)
  return own.flatMap((cell, index) =>
    player === 'X' ? [cell, ...(index < 2 ? [others[index] ?? 0] : [])] : [others[index] ?? 0, cell],
  )
}

/** Cells of the other player without a line. */
function chooseHarmless(free: readonly number[], count: number): readonly number[] {
  const all = [...lines.rows, ...lines.columns, ...lines.diagonals]
  const [first = 0, second = 1] = free
  for (const third of free.slice(2)) {
    const chosen = [first, second, third].slice(0, count)
    if (!all.some((line) => line.every((cell) => chosen.includes(cell)))) return chosen
  }
  return free.slice(0, count)
}

function lineCheck(kind: keyof typeof lines, points: number, hint: string): GradingCheck {
  return {
    id: `win-${kind}`,
    group: 'wins',
    points,
    title: `A win by each of the ${kind} is found, for X and for O`,
    hint,
    async run({ server }) {
      for (const player of ['X', 'O'] as const)
        for (const line of lines[kind])
          for (const last of server.description.newGame === 'restart' ? line.slice(-1) : line)
            await expectEnd(server, winBy(player, line, last))
    },
  }
}

const winByLastCell: GradingCheck = {
  id: 'win-by-last-cell',
  group: 'wins',
  points: 3,
  title: 'A win with the last free cell is a win, not a draw',
  hint: 'Look for a win before you look whether the board is full.',
  async run({ server }) {
    const games = lastCellWins()
    for (const cells of games.slice(0, affordable(server, games.length) < games.length ? 3 : games.length))
      await expectEnd(server, cells)
  },
}

/** One game for each cell that can be the last one and win. */
function lastCellWins(): readonly (readonly number[])[] {
  return findGames(
    ({ position, answer }) => answer === 'win' && !position.board.includes('.'),
    ({ cells }) => `${cells.at(-1)}`,
    9,
  )
}

const draws: GradingCheck = {
  id: 'draws',
  group: 'wins',
  points: 4,
  title: 'A full board without a line is a draw',
  hint: 'A draw is nine marks and no line. Count the marks, or look for an empty cell, after the look for a win.',
  async run({ server, random }) {
    const games = drawnGames()
    const isWhole = affordable(server, games.length) === games.length
    for (const index of eachGame(server, games.length))
      await expectEnd(server, games[isWhole ? index : random.below(games.length)] ?? [])
  },
}

/** One game for each of the 16 boards that end in a draw. */
export function drawnGames(): readonly (readonly number[])[] {
  return findGames(
    ({ answer }) => answer === 'draw',
    ({ position }) => position.board,
    16,
  )
}

interface EndedGame {
  readonly position: GradedPosition
  readonly answer: string
  readonly cells: readonly number[]
}

/** Searches the first `count` games that fit and differ in their key. */
function findGames(
  fits: (game: EndedGame) => boolean,
  keyOf: (game: EndedGame) => string,
  count: number,
): readonly (readonly number[])[] {
  const found = new Map<string, readonly number[]>()
  const visit = (before: GradedPosition, cells: readonly number[]): void => {
    for (const cell of freeCells(before.board)) {
      if (found.size === count) return
      const position = markCell(before, cell)
      const game = { position, answer: position.answer, cells: [...cells, cell] }
      if (fits(game) && !found.has(keyOf(game))) found.set(keyOf(game), game.cells)
      if (position.turn !== null) visit(position, game.cells)
    }
  }
  visit(beginning, [])
  return [...found.values()]
}

const sampledGames = 60

const noFalseWin: GradingCheck = {
  id: 'no-false-win',
  group: 'wins',
  points: 5,
  title: 'A game that is not over is not said to be won or drawn',
  hint: 'Three empty cells are no line. Compare the three cells with each other and with the mark of a player.',
  async run({ server, random, isThorough }) {
    const sampled = (): readonly (readonly number[])[] =>
      Array.from({ length: sampledGames }, () => randomGame(random, markCell, beginning))
    const games = isThorough ? coveringGames() : sampled()
    for (const index of isThorough ? games.keys() : eachGame(server, sampledGames)) {
      const cells = games[index] ?? []
      const game = await server.newGame()
      for (const cell of cells.slice(0, -1)) {
        const { answer } = await game.play(cell)
        if (answer.kind === 'win' || answer.kind === 'draw')
          throw server.explain(`${game.story}, the game is not over, but the answer was ${describeAnswer(answer)}`)
        if (isRefused(answer)) notChecked('the server refused a legal move before it')
      }
      // A game that is not finished leaves players who wait.
      if (server.description.connect === 'player') await game.play(cells.at(-1) ?? 0)
    }
  },
}

/** Games that together reach every position that is not the end of a game. */
function coveringGames(): readonly (readonly number[])[] {
  const seen = new Set<string>()
  const games: (readonly number[])[] = []
  const visit = (position: GradedPosition, cells: readonly number[]): void => {
    const isNew = !seen.has(position.board)
    seen.add(position.board)
    const next = freeCells(position.board).map((cell) => ({ cell, after: markCell(position, cell) }))
    const open = next.filter(({ after }) => after.turn !== null && !seen.has(after.board))
    if (isNew && open.length === 0) games.push([...cells, next[0]?.cell ?? 0])
    for (const { cell, after } of open) if (!seen.has(after.board)) visit(after, [...cells, cell])
  }
  visit(beginning, [])
  return games
}

export const winChecks: readonly GradingCheck[] = [
  lineCheck(
    'rows',
    4,
    'Each of the three rows wins, for both players: look at the indexes, and whether the mark is set before the look.',
  ),
  lineCheck(
    'columns',
    4,
    'Each of the three columns wins, for both players: look at the indexes, and whether the mark is set before the look.',
  ),
  lineCheck('diagonals', 4, 'There are two diagonals: 0 0, 1 1, 2 2 and 0 2, 1 1, 2 0.'),
  winByLastCell,
  draws,
  noFalseWin,
]
