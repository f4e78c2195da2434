/** A menu: the user chooses one of a few lines. */
import { cutCells } from '../cells.ts'
import { makeCellText } from '../cell-text.ts'
import type { Size } from './board-view.ts'
import { Canvas, type CanvasLine } from './canvas.ts'
import type { KeyPress, TerminalView } from './terminal-view.ts'

export class Menu implements TerminalView {
  readonly #title: string
  readonly #items: readonly string[]
  readonly #chosen = Promise.withResolvers<number | null>()
  #at: number
  #changed: () => void = () => {}

  /** @param at the index of the item that is selected first. */
  constructor(title: string, items: readonly string[], at = 0) {
    this.#title = title
    this.#items = items
    this.#at = at
  }

  /** Resolves with the index of the chosen item; with null if the user quits. */
  get chosen(): Promise<number | null> {
    return this.#chosen.promise
  }

  onChange(listener: () => void): void {
    this.#changed = listener
  }

  press(key: KeyPress): void {
    const count = this.#items.length
    if (key === 'up' || key === 'k') this.#at = (this.#at + count - 1) % count
    if (key === 'down' || key === 'j') this.#at = (this.#at + 1) % count
    if (key === 'enter' || key === ' ') this.#chosen.resolve(this.#at)
    if (key === 'q' || key === 'escape') this.#chosen.resolve(null)
    this.#changed()
  }

  /** Shows as many items as fit, always including the selected one. */
  lines({ rows, columns }: Size): readonly CanvasLine[] {
    const canvas = new Canvas()
    const room = Math.max(1, rows - 6)
    const first = Math.max(0, Math.min(this.#at - (room >> 1), this.#items.length - room))
    canvas.put(2, 0, 'Oxo', 'strong')
    canvas.put(7, 0, this.#title)
    for (const [row, item] of this.#items.slice(first, first + room).entries()) {
      const isAt = first + row === this.#at
      canvas.put(
        2,
        2 + row,
        `${isAt ? '▸' : ' '} ${cutCells(makeCellText(item), columns - 4)}`,
        isAt ? 'strong' : 'plain',
      )
    }
    canvas.put(2, 3 + Math.min(room, this.#items.length), 'arrows move · enter chooses · q quit', 'dim')
    return canvas.lines
  }
}
