/** A position that shows what wins, or loses, by some rules. */
import { empty, type Rules } from '../../game/index.ts'

/** A board with one line of X in its middle, at the bottom where marks fall. Without a line if none fits. */
export function sampleOf({ width, height, line, gravity }: Rules): string {
  const cells = Array.from({ length: width * height }, () => empty as string)
  const isAcross = line <= width
  if (!isAcross && line > height) return cells.join('')
  const middle = (room: number, length: number): number => Math.floor((room - length) / 2)
  const x = middle(width, isAcross ? line : 1)
  const y = gravity ? height - (isAcross ? 1 : line) : middle(height, isAcross ? 1 : line)
  for (let at = 0; at < line; at++) cells[isAcross ? y * width + x + at : (y + at) * width + x] = 'X'
  return cells.join('')
}
