/** The board of a game, now or at an earlier move, in the area that it has on its page. */
import type { FunctionComponent } from 'preact'
import type { Rules } from '../../game/index.ts'
import { makeMove } from '../state/actions.ts'
import { Board } from '../board/board.tsx'
import { BoardStage, isLarge, type StageProps } from '../board/board-stage.tsx'
import { BoardOptions } from '../shell/lazy-parts.ts'
import { ui } from '../state/ui.ts'
import type { PageGameState, PageGame } from '../state/page-game.ts'

interface GameBoardProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

interface GameStageProps extends GameBoardProps {
  /** The component for large boards. */
  readonly Zoom: FunctionComponent<StageProps>
}

export function GameStage({ table, standing, Zoom }: GameStageProps) {
  const { width, height } = standing.shown.rules
  return (
    <>
      <BoardStage Zoom={Zoom} columns={width} rows={height} focus={table.cursor.peek()} last={standing.lastMove}>
        <GameBoard table={table} standing={standing} />
      </BoardStage>
      {ui.settings.value.board && <BoardOptions table={table} standing={standing} isBelow />}
    </>
  )
}

/** Whether a board of these rules has more than plain cells. */
export function needsOptions(rules: Rules): boolean {
  return Boolean(ui.settings.value.board) || isLarge(rules) || rules.gravity
}

function GameBoard({ table, standing }: GameBoardProps) {
  const { view, shown, lastMove, isMyTurn, ended } = standing
  const past = table.past.value
  const board = past?.board ?? shown.board
  const best = table.best.value
  const isOn = past === null && shown.outcome === null && ended === null
  return (
    <Board
      rules={shown.rules}
      board={board}
      confirmed={past?.board ?? view.board}
      last={past === null ? lastMove : past.lastMove}
      line={past === null ? (shown.outcome?.line ?? null) : null}
      best={best?.board === board ? best.cells : ''}
      cursor={table.cursor.value}
      canPlay={isOn && isMyTurn}
      onCursor={(cell) => (table.cursor.value = cell)}
      onPlay={(cell) => makeMove(table, cell)}
    >
      {needsOptions(shown.rules) && <BoardOptions table={table} standing={standing} />}
    </Board>
  )
}
