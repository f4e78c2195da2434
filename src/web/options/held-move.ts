/** A move that was chosen and not made: it waits for a second choice, or for the opponent. */
import { effect, type Signal, signal } from '@preact/signals'
import { land, placeOf, type Rules } from '../../game/index.ts'
import { text } from '../language/more.ts'
import { warn } from '../state/ui.ts'
import { boardSettings } from './settings.ts'

/** A board on which a move may be chosen before it is made. Its functions read signals. */
export interface ChoiceBoard {
  /** The game or puzzle that the board shows, compared by identity. */
  readonly of: object
  readonly position: () => { readonly rules: Rules; readonly board: string }
  /** Whether a move to the cell is possible now. */
  readonly canMove: (cell: number) => boolean
  /** Whether the opponent thinks, so that a move may be chosen in advance. */
  readonly isThinking: () => boolean
  readonly move: (cell: number) => void
  /** The cell of the keyboard cursor. */
  readonly cursor: Signal<number>
}

interface HeldMove {
  readonly on: ChoiceBoard
  /** The chosen cell; where marks fall, any cell of the column. */
  readonly cell: number
  /** The number of marks on the board when it was chosen. */
  readonly marks: number
  /** Whether it was chosen while the opponent thinks: then it is made as soon as the opponent has moved. */
  readonly isEarly: boolean
}

const held = signal<HeldMove | null>(null)

/** The cell on which the mark of the held move would land; null if there is no held move. */
export function heldCell(on: ChoiceBoard): number | null {
  const move = held.value
  return move?.on.of === on.of ? landing(on, move.cell) : null
}

/**
 * Takes a tap on a cell. False: the tap is not for a held move, or is the second one on it, and makes a move.
 *
 * @param isSmall whether the cell is too small to hit surely.
 */
export function takeTap(on: ChoiceBoard, cell: number, isSmall: boolean): boolean {
  const { confirms, premoves } = boardSettings()
  const target = landing(on, cell)
  const isAgain = target !== null && target === heldCell(on)
  held.value = null
  if (target === null) return false
  const isEarly = premoves && on.isThinking()
  const isHeld = isEarly || ((confirms || isSmall) && on.canMove(cell))
  if (!isHeld) return false
  if (isAgain) {
    warn(null)
    return isEarly
  }
  held.value = { on, cell, marks: countMarks(on), isEarly }
  warn(text(isEarly ? 'moveKept' : 'chooseAgain'))
  return true
}

/** Makes the held move; nothing if there is none. */
export function makeHeldMove(on: ChoiceBoard): void {
  const move = held.peek()
  if (move?.on.of !== on.of || move.isEarly) return
  held.value = null
  on.move(move.cell)
}

export function dropHeldMove(on: ChoiceBoard): void {
  if (held.peek()?.on.of !== on.of) return
  held.value = null
  warn(null)
}

effect(() => {
  const move = held.value
  if (move === null) return
  const { on, cell, marks, isEarly } = move
  const more = countMarks(on) - marks
  if (more === 0 && (isEarly ? on.isThinking() : on.canMove(cell))) return
  held.value = null
  if (isEarly && more === 1 && on.canMove(cell)) on.move(cell)
})

function landing({ position }: ChoiceBoard, cell: number): number | null {
  const { rules, board } = position()
  return land(rules, board, placeOf(rules, cell))
}

function countMarks({ position }: ChoiceBoard): number {
  return position().board.replaceAll('.', '').length
}
