/** Perfect play on boards of up to 16 cells, by exhaustive alpha-beta search over positions up to symmetry. */
import { assert } from '../base/index.ts'
import { empty as emptyMark, type GamePosition, turnAfter } from './board.ts'
import type { Cell, Ply } from './game.ts'
import { ways } from './line.ts'
import { marksOf } from './move.ts'
import type { Rules } from './rules.ts'
import { symmetries, type Symmetry } from './symmetry.ts'
import { TranspositionTable } from './transposition-table.ts'

/** The largest board that {@link solve} accepts: the cells of X and of O fit one 32-bit key. */
export const solvableCellsMax = 16

/** The value of a position for the player to move, if both play perfectly. */
export interface Value {
  readonly result: 'win' | 'draw' | 'loss'
  /** The number of marks until the end, if the winner shortens and the loser prolongs the game. */
  readonly plies: number
}

/** Solves many boards of the same rules: it keeps what it has found. The boards are as {@link solve} takes them. */
export interface BoardSolver {
  readonly solve: (board: string) => Value
  readonly bestMoves: (board: string) => readonly Ply[]
}

export function openSolver(rules: Rules): BoardSolver {
  const solver = new Solver(rules, () => true)
  return {
    solve: (board) => valueOf(solver.search(...masks(board), -scoreMax, scoreMax), board),
    bestMoves: (board) => solver.best(...masks(board)),
  }
}

/** @param position must not be over, and its board must have at most {@link solvableCellsMax} cells. */
export function solve({ rules, board }: GamePosition): Value {
  return openSolver(rules).solve(board)
}

/** The moves that achieve the value of {@link solve}: the fastest wins, else all draws, else the slowest losses. */
export function bestMoves({ rules, board }: GamePosition): readonly Ply[] {
  return openSolver(rules).bestMoves(board)
}

/** As {@link bestMoves}; null if `mayContinue`, which is called about every millisecond, returned false. */
export function searchMoves(position: GamePosition, mayContinue: () => boolean): readonly Ply[] | null {
  const [x, o] = masks(position.board)
  try {
    return new Solver(position.rules, mayContinue).best(x, o)
  } catch (cause) {
    if (cause === stopped) return null
    throw cause
  }
}

/** Thrown to unwind a search that must stop. */
const stopped = new Error('the search must stop')
/** Positions between two calls of `mayContinue`: about a millisecond of work. */
const positionsPerCheck = 2_048

const scoreMax = solvableCellsMax + 1

/**
 * A score is from the view of the player to move: 0 for a draw, else 1 plus the number of cells that are empty at the
 * end, negated for a loss. It depends only on the position and not on the path to it, so the table can store it.
 *
 * A set of cells is a number with one bit per cell.
 */
class Solver {
  readonly #rules: Rules
  readonly #full: number
  readonly #bottom: number
  /** For each cell its lines: alternately the set of cells of a line, and the set of cells next to its ends. */
  readonly #lines: readonly Int32Array[]
  /** All cells, those on the most lines first. */
  readonly #order: Int32Array
  readonly #images: readonly Int32Array[]
  readonly #table: TranspositionTable
  readonly #mayContinue: () => boolean
  #untilCheck = positionsPerCheck

  constructor(rules: Rules, mayContinue: () => boolean) {
    const cells = rules.width * rules.height
    assert(cells <= solvableCellsMax, `a board of ${cells} cells is too large to solve`)
    this.#rules = rules
    this.#mayContinue = mayContinue
    this.#full = 2 ** cells - 1
    this.#bottom = this.#full & ~(2 ** (cells - rules.width) - 1)
    this.#lines = linesByCell(rules)
    this.#order = Int32Array.from(this.#lines.keys()).sort((a, b) => this.#lineCount(b) - this.#lineCount(a))
    this.#images = symmetries(rules).map(makeImages)
    this.#table = new TranspositionTable(cells <= 9 ? 13 : cells <= 12 ? 17 : 21)
  }

  /**
   * The score of the position if it is between `alpha` and `beta`; else a bound of the score on the same side.
   * Precondition: there is no line on the board.
   */
  search(x: number, o: number, alpha: number, beta: number): number {
    const { misere, marks } = this.#rules
    const open = this.#open(x | o)
    const empty = count(this.#full & ~(x | o))
    const isTurnOfX = turnAfter(count(x | o)) === 'X'
    let forX = marks === 'own' && !isTurnOfX ? 0 : open
    let forO = marks === 'wild' || (marks === 'own' && !isTurnOfX) ? open : 0
    const endX = this.#completing(x, forX)
    const endO = this.#completing(o, forO)
    if (misere) {
      forX &= ~endX
      forO &= ~endO
      if ((forX | forO) === 0) return -empty
    } else if ((endX | endO) !== 0) {
      return empty
    } else if (marks === 'own') {
      const threats = this.#completing(isTurnOfX ? o : x, open)
      if (count(threats) > 1) return 1 - empty
      if (threats !== 0) [forX, forO] = isTurnOfX ? [threats, 0] : [0, threats]
    }
    if (empty <= 1) return 0

    if (--this.#untilCheck === 0) this.#checkContinue()
    const key = this.#canonical(x, o)
    const known = this.#table.find(key, alpha, beta)
    if (known !== null) return known
    let best = -scoreMax
    for (let index = 0; index < this.#order.length && best < beta; index++) {
      const bit = 1 << (this.#order[index] ?? 0)
      if ((forX & bit) !== 0) best = Math.max(best, -this.search(x | bit, o, -beta, -Math.max(alpha, best)))
      if ((forO & bit) !== 0 && best < beta) {
        best = Math.max(best, -this.search(x, o | bit, -beta, -Math.max(alpha, best)))
      }
    }
    this.#table.keep(key, best, best <= alpha ? 'most' : best >= beta ? 'least' : 'exact')
    return best
  }

  #checkContinue(): void {
    if (!this.#mayContinue()) throw stopped
    this.#untilCheck = positionsPerCheck
  }

  best(x: number, o: number): readonly Ply[] {
    const best = this.search(x, o, -scoreMax, scoreMax)
    const empty = count(this.#full & ~(x | o))
    const marks = marksOf(this.#rules, turnAfter(count(x | o)))
    const plies = members(this.#open(x | o)).flatMap((cell) => marks.map((mark) => ({ cell, mark })))
    return plies.filter(({ cell, mark }) => {
      const nextX = mark === 'X' ? x | (1 << cell) : x
      const nextO = mark === 'O' ? o | (1 << cell) : o
      if (this.#completes(mark === 'X' ? nextX : nextO, cell)) return best === (this.#rules.misere ? -empty : empty)
      // No move scores above `best`, so a null window suffices to see whether this move scores below it.
      return -this.search(nextX, nextO, -best, 1 - best) >= best
    })
  }

  #lineCount(cell: Cell): number {
    return this.#lines[cell]?.length ?? 0
  }

  /** The cells on which a mark can land. */
  #open(taken: number): number {
    const free = this.#full & ~taken
    return this.#rules.gravity ? free & ((taken >>> this.#rules.width) | this.#bottom) : free
  }

  /** The cells of `candidates` that complete a line for the marks on `own`. */
  #completing(own: number, candidates: number): number {
    let found = 0
    for (let rest = candidates; rest !== 0; rest &= rest - 1) {
      const cell = lowest(rest)
      if (this.#completes(own | (1 << cell), cell)) found |= 1 << cell
    }
    return found
  }

  #completes(own: number, cell: Cell): boolean {
    const lines = this.#lines[cell]
    if (lines === undefined) return false
    for (let index = 0; index < lines.length; index += 2) {
      const line = lines[index] ?? 0
      if ((own & line) === line && (own & (lines[index + 1] ?? 0)) === 0) return true
    }
    return false
  }

  /** The same key for all positions that are symmetric to each other. */
  #canonical(x: number, o: number): number {
    let least = 0x7fffffff
    for (const images of this.#images) {
      const key = ((images[x] ?? 0) << 16) | (images[o] ?? 0)
      if (key < least) least = key
    }
    return least
  }
}

function linesByCell(rules: Rules): readonly Int32Array[] {
  const all = ways(rules)
  return Array.from({ length: rules.width * rules.height }, (_, cell) =>
    Int32Array.from(
      all
        .filter(({ cells }) => cells.includes(cell))
        .flatMap(({ cells, ends }) => [setOf(cells), rules.exact ? setOf(ends) : 0]),
    ),
  )
}

/** The image of every set of cells. */
function makeImages(symmetry: Symmetry): Int32Array {
  const images = new Int32Array(2 ** symmetry.length)
  for (let set = 1; set < images.length; set++) {
    images[set] = (images[set & (set - 1)] ?? 0) | (1 << (symmetry[lowest(set)] ?? 0))
  }
  return images
}

function masks(board: string): readonly [x: number, o: number] {
  const cells = Array.from(board, (_, cell) => cell)
  return [setOf(cells.filter((cell) => board[cell] === 'X')), setOf(cells.filter((cell) => board[cell] === 'O'))]
}

function setOf(cells: readonly Cell[]): number {
  return cells.reduce((set, cell) => set | (1 << cell), 0)
}

function valueOf(score: number, board: string): Value {
  const empty = board.split(emptyMark).length - 1
  if (score === 0) return { result: 'draw', plies: empty }
  return { result: score > 0 ? 'win' : 'loss', plies: empty + 1 - Math.abs(score) }
}

function members(set: number): readonly Cell[] {
  const cells: Cell[] = []
  for (let rest = set; rest !== 0; rest &= rest - 1) cells.push(lowest(rest))
  return cells
}

/** The first cell of a non-empty set. */
function lowest(set: number): Cell {
  return 31 - Math.clz32(set & -set)
}

function count(set: number): number {
  let pairs = set - ((set >>> 1) & 0x55555555)
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
