/** The content of the terminal, which also receives its keys: a menu, then a game. */
import type { Size } from './board-view.ts'
import type { CanvasLine } from './canvas.ts'

/** A printable character, or the name of a key that has none. */
export type KeyPress = string

export interface TerminalView {
  lines(size: Size): readonly CanvasLine[]
  press(key: KeyPress): void
  /** Sets the only listener, which redraws. */
  onChange(listener: () => void): void
}
