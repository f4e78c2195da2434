/** What the board of a game has beyond plain cells: how it is shown, and a chosen move that is not made yet. */
import { markFor } from '../../game/index.ts'
import { findProblem, makeMove } from '../state/actions.ts'
import type { PageGame, PageGameState } from '../state/page-game.ts'
import { ChoiceBelow, ChoiceOver } from './choice.tsx'
import type { ChoiceBoard } from './held-move.ts'

export interface BoardOptionsProps {
  readonly table: PageGame
  readonly standing: PageGameState
  /** Whether this is the place below the board; else it is the one over the cells. */
  readonly isBelow?: boolean
}

export function BoardOptions({ table, standing: { shown, me }, isBelow = false }: BoardOptionsProps) {
  const { board, players, rules, seats, turn } = shown
  const on = choiceBoard(table)
  if (isBelow) {
    const isWaiting = seats === 'invite' && (players.X === null || players.O === null)
    return isWaiting ? null : <ChoiceBelow on={on} isOn={turn !== null} />
  }
  const player = me ?? turn
  const mark = player === null ? null : markFor(rules, player, rules.marks === 'wild' ? table.mark.value : undefined)
  return <ChoiceOver on={on} board={table.past.value?.board ?? board} mark={mark} />
}

function choiceBoard(table: PageGame): ChoiceBoard {
  const { cursor, standing } = table
  return {
    of: table,
    cursor,
    position: () => standing.value.shown,
    canMove: (cell) => findProblem(standing.value, cell) === null,
    isThinking: () => isThinking(table, standing.value),
    move: (cell) => makeMove(table, cell),
  }
}

/** Whether the visitor plays on the server, and the opponent is to move. */
function isThinking({ place }: PageGame, { shown, me, isMyTurn, ended }: PageGameState): boolean {
  const { seats, turn, players } = shown
  const isPlayed = seats === 'invite' && turn !== null && players.X !== null && players.O !== null
  return place === 'server' && isPlayed && me !== null && !isMyTurn && ended === null
}
