/** The name of a place: in words, or as the record and the terminal write it if the board has coordinates. */
import type { Place } from '../../game/index.ts'
import { text } from '../language/more.ts'
import { boardSettings } from './settings.ts'

export function sayPlace({ x, y }: Place): string {
  return boardSettings().coordinates === 'off' ? text('place', { x: x + 1, y: y + 1 }) : `${x},${y}`
}
