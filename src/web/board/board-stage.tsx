/** The area of a board, as large as fits. Large boards can be zoomed. */
import type { ComponentChildren, FunctionComponent } from 'preact'
import type { Spot } from '../state/page-game.ts'

export interface StageProps {
  readonly columns: number
  readonly rows: number
  /** The cell to scroll to first, if not all cells are visible. */
  readonly focus: number
  /** The last move: it is brought into view, unless the visitor is moving the board. */
  readonly last: Spot | null
  readonly children: ComponentChildren
}

interface AnyStageProps extends StageProps {
  /** The component for large boards. It is passed in so that the first board does not wait for its code. */
  readonly Zoom: FunctionComponent<StageProps>
}

/** The longest side of a board whose cells are large enough for a finger on every screen. */
const fewCells = 8

export function BoardStage({ Zoom, ...props }: AnyStageProps) {
  if (Math.max(props.columns, props.rows) > fewCells) return <Zoom {...props} />
  return (
    <div class="stage">
      <div class="frame">{props.children}</div>
    </div>
  )
}
