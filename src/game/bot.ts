/** Bots: chooses the moves of the accounts that the server plays for. */
import { assert, type Random } from '../base/index.ts'
import { cellOf, empty, isOnBoard, type Place, placeOf, type GamePosition, put } from './board.ts'
import { outcomeOf } from './evolve.ts'
import type { Cell, Game, Ply } from './game.ts'
import { ways } from './line.ts'
import { pliesOf } from './move.ts'
import { type Level, type Mark, opponent, type Player } from './player.ts'
import type { Rules } from './rules.ts'
import { searchMoves, solvableCellsMax } from './solver.ts'

/** The chosen move. It has a mark only where the rules let the player choose one. */
export type Choice = Place & { readonly mark?: Mark }

/**
 * The move that a bot of this level makes in a game that is not over.
 *
 * random: any legal move. casual: wins if it can, else blocks a win, else plays next to a mark, and avoids moves after
 * which the opponent can win at once. perfect: on boards of up to 16 cells, a best move by exhaustive search. On larger
 * boards, where it can be beaten, it wins, blocks, avoids moves after which the opponent can win at once, and then
 * prefers the cell on the most promising lines.
 */
export function chooseMove(game: Pick<Game, 'rules' | 'board' | 'turn'>, level: Level, random: Random): Choice {
  const choice = searchMove(game, level, { random, mayContinue: () => true })
  assert(choice !== null, 'a search that may continue ends with a move')
  return choice
}

/** As {@link chooseMove}; null if `mayContinue`, which a long exhaustive search calls periodically, returned false. */
export function searchMove(
  game: Pick<Game, 'rules' | 'board' | 'turn'>,
  level: Level,
  { random, mayContinue }: { readonly random: Random; readonly mayContinue: () => boolean },
): Choice | null {
  const { rules, board, turn } = game
  assert(turn !== null, 'a bot moves only in a game that is not over')
  const position = { rules, board, turn }
  const isSolved = level === 'perfect' && board.length <= solvableCellsMax
  const plies = isSolved ? searchMoves(position, mayContinue) : candidates(position, level, random)
  if (plies === null) return null
  const { cell, mark } = pick(random, plies)
  const place = placeOf(rules, cell)
  return rules.marks === 'wild' ? { ...place, mark } : place
}

/** Whether choosing a move takes less than a millisecond, so that the main thread may do it between two requests. */
export function isQuick(rules: Rules, level: Level): boolean {
  const cells = rules.width * rules.height
  return (
    level === 'random' || cells <= quickCellsMax || (cells <= 225 && (level === 'casual' || cells > solvableCellsMax))
  )
}

/** The largest board on which exhaustive search is quick. */
const quickCellsMax = 9

/** The number of moves whose replies a bot examines before it accepts the highest-ranked move unexamined. */
const triesMax = 16

function candidates(position: GamePosition, level: Level, random: Random): readonly Ply[] {
  if (level === 'random') return pliesOf(position)
  const { wins, parries, quiet } = survey(position)
  if (wins.length > 0) return wins
  const wanted = parries.length > 0 ? parries : quiet
  const ordered = shuffle(random, wanted.length > 0 ? wanted : pliesOf(position))
  const ranked = level === 'perfect' ? rank(position, ordered) : nearMarks(position, ordered)
  const safe = ranked.slice(0, triesMax).find((ply) => !givesWin(position, ply))
  return safe === undefined ? ranked.slice(0, 1) : [safe]
}

/** wins: moves that win at once. quiet: moves that neither win nor lose at once. parries: quiet moves on a cell where the opponent could win. */
function survey(position: GamePosition): Readonly<Record<'wins' | 'parries' | 'quiet', readonly Ply[]>> {
  const { turn } = position
  const other = opponent(turn)
  const wins: Ply[] = []
  const quiet: Ply[] = []
  for (const ply of pliesOf(position)) {
    const winner = winnerAfter(position, ply, turn)
    if (winner === turn) wins.push(ply)
    else if (winner === null) quiet.push(ply)
  }
  const threats = new Set<Cell>()
  for (const ply of wins.length > 0 ? [] : pliesOf({ ...position, turn: other })) {
    if (winnerAfter(position, ply, other) === other) threats.add(ply.cell)
  }
  return { wins, parries: quiet.filter(({ cell }) => threats.has(cell)), quiet }
}

function givesWin(position: GamePosition, { cell, mark }: Ply): boolean {
  const other = opponent(position.turn)
  const next = { ...position, board: put(position.board, cell, mark), turn: other }
  return pliesOf(next).some((ply) => winnerAfter(next, ply, other) === other)
}

function winnerAfter({ rules, board }: GamePosition, { cell, mark }: Ply, player: Player): Player | null {
  return outcomeOf(rules, put(board, cell, mark), { cell, player })?.winner ?? null
}

/** The moves next to a mark; all moves if there is none. */
function nearMarks({ rules, board }: GamePosition, plies: readonly Ply[]): readonly Ply[] {
  const near = plies.filter(({ cell }) => {
    const { x, y } = placeOf(rules, cell)
    return neighbours.some(([dx, dy]) => {
      const place = { x: x + dx, y: y + dy }
      return isOnBoard(rules, place) && board[cellOf(rules, place)] !== empty
    })
  })
  return near.length > 0 ? near : plies
}

const neighbours = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => [dx, dy] as const))

/**
 * Sorts moves by value, highest first. The value of a cell is the sum over the lines through it on which at most one side has
 * marks: 8^n for n own marks, half of that for n marks of the opponent. Under misère, wild and shared rules the order
 * stays unchanged.
 */
function rank({ rules, board, turn }: GamePosition, plies: readonly Ply[]): readonly Ply[] {
  if (rules.misere || rules.marks !== 'own') return plies
  const worth = new Float64Array(board.length)
  for (const { cells } of ways(rules)) {
    let own = 0
    let other = 0
    for (const cell of cells) {
      if (board[cell] === turn) own++
      else if (board[cell] !== empty) other++
    }
    if (own > 0 && other > 0) continue
    const gain = other === 0 ? 8 ** own : 8 ** other / 2
    for (const cell of cells) worth[cell] = (worth[cell] ?? 0) + gain
  }
  return plies.toSorted((a, b) => (worth[b.cell] ?? 0) - (worth[a.cell] ?? 0))
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random.below(items.length)]
  assert(item !== undefined, 'there is a move in every game that is not over')
  return item
}

function shuffle<T>(random: Random, items: readonly T[]): readonly T[] {
  const rest = [...items]
  return items.map(() => rest.splice(random.below(rest.length), 1)).flat()
}
