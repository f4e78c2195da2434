/** Perfect play by exhaustive search, for boards of up to 16 cells: alpha-beta over positions up to symmetry. */
import { assert } from '../base/index.ts'
import { type Position, turnAfter } from './board.ts'
import type { Cell } from './game.ts'
import { ways } from './line.ts'
import { type Mark, players } from './player.ts'
import type { Rules } from './rules.ts'
import { symmetries, type Symmetry } from './symmetry.ts'

/** The largest board that {@link Solver} takes: two sets of 16 cells fit one 32-bit key. */
export const solvableCellsMax = 16

/** What a position is worth to the player to move if both play perfectly from here. */
export interface Value {
  readonly result: 'win' | 'draw' | 'loss'
  /** How many more marks until the end, where the winner hurries and the loser delays. Of a draw: until the board is full. */
  readonly plies: number
}

/** A move with the value it has for its player. */
export interface Rated {
  readonly cell: Cell
  readonly mark: Mark
  readonly value: Value
}

export function solve(position: Position): Value {
  return new Solver(position.rules).solve(position)
}

/** The moves that keep the value of a position: all that win fastest, else all that draw, else all that lose last. */
export function bestMoves(position: Position): readonly Rated[] {
  return new Solver(position.rules).best(position)
}

/**
 * Solves positions of one kind of rules, and remembers: the second question is cheaper. Its memory does not grow.
 *
 * A score is 0 for a draw; else 1 plus the cells that are empty at the end, positive if the player to move wins. It
 * depends on the position alone and not on the way there, so it may be kept.
 */
export class Solver {
  readonly #rules: Rules
  readonly #cells: number
  readonly #full: number
  /** For every cell the cell above it where marks fall. */
  readonly #lines: readonly Int32Array[]
  readonly #order: readonly Cell[]
  readonly #images: readonly Image[]
  readonly #table: Table

  constructor(rules: Rules) {
    const cells = rules.width * rules.height
    assert(cells <= solvableCellsMax, `a board of ${cells} cells is too large to solve`)
    this.#rules = rules
    this.#cells = cells
    this.#full = 2 ** cells - 1
    this.#lines = Array.from({ length: cells }, (_, cell) => linesThrough(rules, cell))
    this.#order = [...this.#lines.keys()].sort((a, b) => this.#weight(b) - this.#weight(a))
    this.#images = symmetries(rules).map(makeImage)
    this.#table = new Table(cells)
  }

  /** @param position of a game that is not over. */
  solve(position: Position): Value {
    const [x, o] = masks(position.board)
    return this.#value(this.#search(x, o, -this.#cells, this.#cells), countEmpty(position.board))
  }

  /** @param position of a game that is not over, with an empty cell. */
  best(position: Position): readonly Rated[] {
    const rated = this.rate(position)
    const most = Math.max(...rated.map(({ score }) => score))
    return rated.filter(({ score }) => score === most)
  }

  rate(position: Position): readonly (Rated & { score: number })[] {
    return []
  }
}
