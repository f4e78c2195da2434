/** What the page asks the worker that knows perfect play about puzzles. */
import type { Cell, Rules } from '../../game/index.ts'

export type PuzzleQuestion =
  /** Which puzzle the day has: a `Puzzle`. */
  | { readonly day: number }
  /** What follows a move of X on an empty cell: a `PuzzleAnswer`. */
  | { readonly rules: Rules; readonly board: string; readonly cell: Cell }
