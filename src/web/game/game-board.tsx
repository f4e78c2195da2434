/** The board of a game as it stands, or as it stood. */
import { play } from '../state/actions.ts'
import { Board } from '../board/board.tsx'
import type { Standing, Table } from '../state/table.ts'

interface GameBoardProps {
  readonly table: Table
  readonly standing: Standing
}

export function GameBoard({ table, standing: { view, shown, lastMove } }: GameBoardProps) {
  const past = table.past.value
  return (
    <Board
      rules={shown.rules}
      board={past?.board ?? shown.board}
      confirmed={past?.board ?? view.board}
      last={past === null ? lastMove : past.lastMove}
      line={past === null ? (shown.outcome?.line ?? null) : null}
      cursor={table.cursor.value}
      onCursor={(cell) => (table.cursor.value = cell)}
      onPlay={(cell) => play(table, cell)}
    />
  )
}
