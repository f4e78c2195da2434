/** The board of a game: as it stands, or as it stood. */
import { Board, type Spot } from '../board/board.tsx'
import { play } from '../actions.ts'
import type { Standing, Table } from '../table.ts'

interface GameBoardProps {
  readonly table: Table
  readonly standing: Standing
}

export function GameBoard({ table, standing: { view, shown } }: GameBoardProps) {
  return (
    <Board
      rules={shown.rules}
      board={shown.board}
      confirmed={view.board}
      last={lastOf(shown)}
      line={shown.outcome?.line ?? null}
      cursor={table.cursor.value}
      onCursor={(cell) => (table.cursor.value = cell)}
      onPlay={(cell) => play(table, cell)}
    />
  )
}

function lastOf({ last }: Standing['shown']): Spot | null {
  if (last?.type !== 'moved' || last.x === undefined || last.y === undefined) return null
  return [last.x, last.y]
}
