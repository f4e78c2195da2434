/** The points that help to find one's way on a large board. */
import type { Cell, Rules } from '../../game/index.ts'

/** The shortest side that has star points. */
const sideMin = 9

/** The cells of the star points: near the corners, in the middle if there is one, and between on boards of 19 and more. */
export function starsOf({ width, height }: Pick<Rules, 'width' | 'height'>): readonly Cell[] {
  if (Math.min(width, height) < sideMin) return []
  const [columns, rows] = [linesOf(width), linesOf(height)]
  const isDense = Math.min(width, height) >= 19
  return rows.flatMap((y) =>
    columns.flatMap((x) => {
      const isBetween = (2 * x + 1 === width) !== (2 * y + 1 === height)
      return isBetween && !isDense ? [] : y * width + x
    }),
  )
}

/** The columns or rows of star points on a side. */
function linesOf(side: number): readonly number[] {
  const inset = side < 13 ? 2 : 3
  return side % 2 === 1 ? [inset, (side - 1) / 2, side - 1 - inset] : [inset, side - 1 - inset]
}
