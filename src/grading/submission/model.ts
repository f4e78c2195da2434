/** The game as it should be: the rules of Oxo on three by three cells. */
import { emptyBoard, opponent, outcomeOf, type Player, presets, put } from '../../game/index.ts'

export const rules = presets.tictactoe
export type ExpectedAnswer = 'move' | 'win' | 'draw'

export interface GradedPosition {
  /** Nine characters in reading order. */
  readonly board: string
  /** Null when the game is over. */
  readonly turn: Player | null
}

export const beginning: GradedPosition = { board: emptyBoard(rules), turn: 'X' }

/** The position after the player to move marks `cell`, and what the answer must say. */
export function markCell(
  { board, turn }: GradedPosition,
  cell: number,
): GradedPosition & { readonly answer: ExpectedAnswer } {
  if (turn === null) throw new RangeError('the game is over')
  const after = put(board, cell, turn)
  const outcome = outcomeOf(rules, after, { cell, player: turn })
  if (outcome === null) return { board: after, turn: opponent(turn), answer: 'move' }
  return { board: after, turn: null, answer: outcome.winner === null ? 'draw' : 'win' }
}

export const freeCells = (board: string): readonly number[] =>
  [...board].flatMap((mark, cell) => (mark === '.' ? [cell] : []))

/** A cell for a reader: row and column from 1. */
export const describeCell = (cell: number): string => `row ${Math.floor(cell / 3) + 1}, column ${(cell % 3) + 1}`

/** A board for a reader: three rows. */
export const describeBoard = (board: string): string => board.replace(/(...)(?=.)/g, '$1/')
