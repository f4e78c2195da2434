/** How keys move the cursor of a board. */
import type { Rules } from '../../game/index.ts'

/**
 * Returns the new cell; null for other keys. Cells are numbered by rows from the top left; the cursor stops at the
 * edges.
 */
export function moveCursor(
  { width, height }: Pick<Rules, 'width' | 'height'>,
  cell: number,
  { key, ctrlKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey'>,
): number | null {
  const x = cell % width
  const y = (cell - x) / width
  const at = (toX: number, toY: number): number =>
    Math.min(height - 1, Math.max(0, toY)) * width + Math.min(width - 1, Math.max(0, toX))
  switch (key) {
    case 'ArrowLeft':
      return at(x - 1, y)
    case 'ArrowRight':
      return at(x + 1, y)
    case 'ArrowUp':
      return at(x, y - 1)
    case 'ArrowDown':
      return at(x, y + 1)
    case 'Home':
      return at(0, ctrlKey ? 0 : y)
    case 'End':
      return at(width - 1, ctrlKey ? height - 1 : y)
    case 'PageUp':
      return at(x, y - 5)
    case 'PageDown':
      return at(x, y + 5)
    default:
      return null
  }
}
