/** The board of a game, now or at an earlier move. */
import { makeMove } from '../state/actions.ts'
import { Board } from '../board/board.tsx'
import { firstText } from '../language/text.ts'
import { warn } from '../state/ui.ts'
import type { PageGameState, PageGame } from '../state/page-game.ts'

interface GameBoardProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

export function GameBoard({ table, standing: { view, shown, lastMove, isMyTurn, ended } }: GameBoardProps) {
  const past = table.past.value
  const isOn = past === null && shown.outcome === null && ended === null
  return (
    <Board
      rules={shown.rules}
      board={past?.board ?? shown.board}
      confirmed={past?.board ?? view.board}
      last={past === null ? lastMove : past.lastMove}
      line={past === null ? (shown.outcome?.line ?? null) : null}
      cursor={table.cursor.value}
      canPlay={isOn && isMyTurn}
      onCursor={(cell) => (table.cursor.value = cell)}
      onPlay={(cell) => makeMove(table, cell)}
      onSelect={() => warn(firstText('tapAgain'))}
    />
  )
}
