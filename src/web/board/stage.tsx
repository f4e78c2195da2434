/** Where a board lies: as large as fits. Boards of many cells can be looked at more closely. */
import type { ComponentChildren, FunctionComponent } from 'preact'

export interface StageProps {
  readonly columns: number
  readonly rows: number
  /** The cell to begin with, where not all are shown. */
  readonly focus: number
  readonly children: ComponentChildren
}

interface AnyStageProps extends StageProps {
  /** For many cells. It comes from outside: the first board does not wait for it. */
  readonly Zoom: FunctionComponent<StageProps>
}

/** Whose cells a finger hits on every screen. */
const fewCells = 8

export function Stage({ Zoom, ...props }: AnyStageProps) {
  if (Math.max(props.columns, props.rows) > fewCells) return <Zoom {...props} />
  return (
    <div class="stage">
      <div class="frame">{props.children}</div>
    </div>
  )
}
