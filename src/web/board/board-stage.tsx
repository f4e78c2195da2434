/** The area of a board, as large as fits. Large boards can be zoomed. */
import type { ComponentChildren, FunctionComponent } from 'preact'
import type { Rules } from '../../game/index.ts'
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

/** Whether the cells of a board may be too small for a finger. */
export function isLarge({ width, height }: Pick<Rules, 'width' | 'height'>): boolean {
  return Math.max(width, height) > fewCells
}

export function BoardStage({ Zoom, ...props }: AnyStageProps) {
  if (isLarge({ width: props.columns, height: props.rows })) return <Zoom {...props} />
  return (
    <div class="stage">
      <div class="frame">{props.children}</div>
    </div>
  )
}
