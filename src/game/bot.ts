/** Bots: which move the server plays for an account of its own. */
import { assert, type Random } from '../base/index.ts'
import { cellOf, empty, isOnBoard, type Place, placeOf, type Position, put } from './board.ts'
import { outcomeOf } from './evolve.ts'
import type { Cell, Game, Ply } from './game.ts'
import { ways } from './line.ts'
import { pliesOf } from './move.ts'
import { type Level, type Mark, opponent, type Player } from './player.ts'
import type { Rules } from './rules.ts'
import { searchMoves, solvableCellsMax } from './solver.ts'

/** A move to ask for. The mark is named where the rules let the player choose. */
export type Choice = Place & { readonly mark?: Mark }

/**
 * The move that a bot of this level makes in a game that goes on.
 *
 * random: any. casual: wins if it can, else parries, else plays near the marks and does not give the win away. perfect:
 * what exhaustive search says on boards of up to 16 cells; on larger ones it wins, parries, gives nothing away if it can
 * help it, and then takes the cell on the most promising lines. There it can be beaten.
 */
export function chooseMove(game: Pick<Game, 'rules' | 'board' | 'turn'>, level: Level, random: Random): Choice {
  const choice = searchMove(game, level, { random, mayGoOn: () => true })
  assert(choice !== null, 'a search that may go on ends with a move')
  return choice
}

/** The same, or null if `mayGoOn`, asked now and then while exhaustive search takes long, says that it is to end. */
export function searchMove(
  game: Pick<Game, 'rules' | 'board' | 'turn'>,
  level: Level,
  { random, mayGoOn }: { readonly random: Random; readonly mayGoOn: () => boolean },
): Choice | null {
  const { rules, board, turn } = game
  assert(turn !== null, 'a bot moves only in a game that goes on')
  const position = { rules, board, turn }
  const isSolved = level === 'perfect' && board.length <= solvableCellsMax
  const plies = isSolved ? searchMoves(position, mayGoOn) : candidates(position, level, random)
  if (plies === null) return null
  const { cell, mark } = pick(random, plies)
  const place = placeOf(rules, cell)
  return rules.marks === 'wild' ? { ...place, mark } : place
}

/** Whether a choice takes less than a millisecond, so that it may be made between two requests. */
export function isQuick(rules: Rules, level: Level): boolean {
  const cells = rules.width * rules.height
  return (
    level === 'random' || cells <= quickCellsMax || (cells <= 225 && (level === 'casual' || cells > solvableCellsMax))
  )
}

/** The largest board on which exhaustive search is quick. */
const quickCellsMax = 9

/** Of so many moves a bot looks at the replies before it settles for any. */
const triesMax = 16

function candidates(position: Position, level: Level, random: Random): readonly Ply[] {
  if (level === 'random') return pliesOf(position)
  const { wins, parries, quiet } = survey(position)
  if (wins.length > 0) return wins
  const wanted = parries.length > 0 ? parries : quiet
  const ordered = shuffle(random, wanted.length > 0 ? wanted : pliesOf(position))
  const ranked = level === 'perfect' ? rank(position, ordered) : nearMarks(position, ordered)
  const safe = ranked.slice(0, triesMax).find((ply) => !givesWin(position, ply))
  return safe === undefined ? ranked.slice(0, 1) : [safe]
}

/** The moves that win at once, those on a cell where the opponent would, and those that do not end the game in a loss. */
function survey(position: Position): Readonly<Record<'wins' | 'parries' | 'quiet', readonly Ply[]>> {
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

function givesWin(position: Position, { cell, mark }: Ply): boolean {
  const other = opponent(position.turn)
  const next = { ...position, board: put(position.board, cell, mark), turn: other }
  return pliesOf(next).some((ply) => winnerAfter(next, ply, other) === other)
}

function winnerAfter({ rules, board }: Position, { cell, mark }: Ply, player: Player): Player | null {
  return outcomeOf(rules, put(board, cell, mark), { cell, player })?.winner ?? null
}

/** Those next to a mark, if there are any. */
function nearMarks({ rules, board }: Position, plies: readonly Ply[]): readonly Ply[] {
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
 * The most valuable first. A cell is worth the lines through it that only one side has marks on: eight times more for
 * each mark, half as much if they are the opponent's. Where a line loses, and where marks belong to nobody, as they are.
 */
function rank({ rules, board, turn }: Position, plies: readonly Ply[]): readonly Ply[] {
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
  assert(item !== undefined, 'there is a move in every game that goes on')
  return item
}

function shuffle<T>(random: Random, items: readonly T[]): readonly T[] {
  const rest = [...items]
  return items.map(() => rest.splice(random.below(rest.length), 1)).flat()
}
