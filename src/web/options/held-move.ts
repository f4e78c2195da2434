/** A move that was chosen and not made: it waits for a second choice, or for the opponent. */
import { effect, signal } from '@preact/signals'
import { land, placeOf } from '../../game/index.ts'
import { text } from '../language/more.ts'
import { findProblem, makeMove } from '../state/actions.ts'
import type { PageGame, PageGameState } from '../state/page-game.ts'
import { warn } from '../state/ui.ts'
import { boardSettings } from './settings.ts'

interface HeldMove {
  readonly table: PageGame
  /** The chosen cell; where marks fall, any cell of the column. */
  readonly cell: number
  /** The number of marks on the board when it was chosen. */
  readonly marks: number
  /** Whether it was chosen while the opponent thinks: then it is made as soon as the opponent has moved. */
  readonly isEarly: boolean
}

const held = signal<HeldMove | null>(null)

/** The cell on which the mark of the held move would land; null if there is no held move. */
export function heldCell(table: PageGame): number | null {
  const move = held.value
  return move?.table === table ? landing(table.standing.value, move.cell) : null
}

/**
 * Takes a tap on a cell. False: the tap is not for a held move, or is the second one on it, and makes a move.
 *
 * @param isSmall whether the cell is too small to hit surely.
 */
export function takeTap(table: PageGame, cell: number, isSmall: boolean): boolean {
  const standing = table.standing.peek()
  const { confirms, premoves } = boardSettings()
  const target = landing(standing, cell)
  const isAgain = target !== null && target === heldCell(table)
  held.value = null
  if (target === null) return false
  const isEarly = premoves && isThinking(table, standing)
  const isHeld = isEarly || ((confirms || isSmall) && findProblem(standing, cell) === null)
  if (!isHeld) return false
  if (isAgain) {
    warn(null)
    return isEarly
  }
  held.value = { table, cell, marks: countMarks(standing), isEarly }
  warn(text(isEarly ? 'moveKept' : 'chooseAgain'))
  return true
}

/** Makes the held move; nothing if there is none. */
export function makeHeldMove(table: PageGame): void {
  const move = held.peek()
  if (move?.table !== table || move.isEarly) return
  held.value = null
  makeMove(table, move.cell)
}

export function dropHeldMove(table: PageGame): void {
  if (held.peek()?.table !== table) return
  held.value = null
  warn(null)
}

effect(() => {
  const move = held.value
  if (move === null) return
  const standing = move.table.standing.value
  const more = countMarks(standing) - move.marks
  if (more === 0 && (move.isEarly ? isThinking(move.table, standing) : standing.isMyTurn)) return
  held.value = null
  if (move.isEarly && more === 1 && findProblem(standing, move.cell) === null) makeMove(move.table, move.cell)
})

/** Whether the visitor plays on the server, and the opponent is to move. */
function isThinking({ place }: PageGame, { shown, me, isMyTurn, ended }: PageGameState): boolean {
  const { seats, turn, players } = shown
  const isPlayed = seats === 'invite' && turn !== null && players.X !== null && players.O !== null
  return place === 'server' && isPlayed && me !== null && !isMyTurn && ended === null
}

function landing({ shown: { rules, board } }: PageGameState, cell: number): number | null {
  return land(rules, board, placeOf(rules, cell))
}

function countMarks({ shown: { board } }: PageGameState): number {
  return board.replaceAll('.', '').length
}
