/** What a terminal shows and where its keys go: a menu, then a game. */
import type { Size } from './board-view.ts'
import type { Line } from './canvas.ts'

/** A printable character, or the name of a key that has none. */
export type Key = string

export interface Stage {
  lines(size: Size): readonly Line[]
  press(key: Key): void
  /** One listener: whoever draws. */
  onChange(listener: () => void): void
}
