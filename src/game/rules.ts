/** Rules as data: the family of m,n,k games with gravity, misère, shared marks and exact lines. */

/** Whose mark a move may place: one's own; either ('wild'); or there is one mark only, X ('shared', notakto). */
export const markRules = ['own', 'wild', 'shared'] as const
export type MarkRule = (typeof markRules)[number]

export interface Rules {
  /** Columns, 1 to 25. */
  readonly width: number
  /** Rows, 1 to 25. */
  readonly height: number
  /** How many marks in a row, column or diagonal make a line; 1 to the longer side. */
  readonly line: number
  /** A mark falls to the lowest empty cell of its column; a move names that cell. */
  readonly gravity: boolean
  /** Whoever completes a line loses. */
  readonly misere: boolean
  readonly marks: MarkRule
  /** Only a line of exactly `line` marks counts; a longer one does not. */
  readonly exact: boolean
}
