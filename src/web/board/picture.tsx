/** A picture of a board, without interaction. */
import type { Rules } from '../../game/index.ts'
import type { Spot } from '../state/page-game.ts'

interface PictureProps {
  readonly rules: Pick<Rules, 'width' | 'height'>
  readonly board: string
  /** The last move, to be shown; by default it is not. */
  readonly last?: Spot | null
}

/** Hidden from screen readers: the text next to it describes the game. */
export function Picture({ rules: { width, height }, board, last = null }: PictureProps) {
  const cells = Array.from(board, (what, cell) => ({ what, x: cell % width, y: Math.floor(cell / width) }))
  const pathOf = (mark: string, draw: (x: number, y: number) => string): string =>
    cells.flatMap(({ what, x, y }) => (what === mark ? draw(x, y) : [])).join('')
  const columns = Array.from({ length: width - 1 }, (_, x) => `M${x + 1} 0V${height}`).join('')
  const rows = Array.from({ length: height - 1 }, (_, y) => `M0 ${y + 1}H${width}`).join('')
  return (
    <svg class="picture" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {last !== null && <rect class="last" x={last[0]} y={last[1]} width={1} height={1} />}
      <path class="rule" d={columns + rows} />
      <path class="mark-X" d={pathOf('X', (x, y) => `M${x + 0.28} ${y + 0.28}l.44 .44m0 -.44l-.44 .44`)} />
      <path
        class="mark-O"
        d={pathOf('O', (x, y) => `M${x + 0.5} ${y + 0.25}a.25 .25 0 1 1 0 .5a.25 .25 0 1 1 0 -.5`)}
      />
    </svg>
  )
}
