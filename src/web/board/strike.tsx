/** The stroke through a winning line. */
import type { Rules } from '../../game/index.ts'
import type { Spot } from '../state/page-game.ts'

interface StrikeProps {
  readonly rules: Pick<Rules, 'width' | 'height'>
  /** Row-major: X, O, or a dot. */
  readonly board: string
  readonly line: readonly Spot[]
}

/** The stroke through a winning line, in the colour of its mark, and a little past its ends. */
export function Strike({ rules: { width, height }, board, line }: StrikeProps) {
  const [from, to] = [line[0], line.at(-1)]
  if (from === undefined || to === undefined) return null
  const [dx, dy] = [0.35 * Math.sign(to[0] - from[0]), 0.35 * Math.sign(to[1] - from[1])]
  return (
    <svg
      class={`strike mark-${board[from[1] * width + from[0]]}`}
      viewBox={`-0.5 -0.5 ${width} ${height}`}
      aria-hidden="true"
    >
      <line x1={from[0] - dx} y1={from[1] - dy} x2={to[0] + dx} y2={to[1] + dy} pathLength={1} />
    </svg>
  )
}
