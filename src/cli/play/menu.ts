/** A choice of a few lines. */
import { cutCells } from '../cells.ts'
import { makePrintable } from '../printable.ts'
import type { Size } from './board-view.ts'
import { Canvas, type Line } from './canvas.ts'
import type { Key, Stage } from './stage.ts'

export class Menu implements Stage {
  readonly #title: string
  readonly #items: readonly string[]
  readonly #chosen = Promise.withResolvers<number | null>()
  #at: number
  #changed: () => void = () => {}

  /** `at`: the item that is at hand first. */
  constructor(title: string, items: readonly string[], at = 0) {
    this.#title = title
    this.#items = items
    this.#at = at
  }

  /** The index of the item; null when nothing was wanted. */
  get chosen(): Promise<number | null> {
    return this.#chosen.promise
  }

  onChange(listener: () => void): void {
    this.#changed = listener
  }

  press(key: Key): void {
    const count = this.#items.length
    if (key === 'up' || key === 'k') this.#at = (this.#at + count - 1) % count
    if (key === 'down' || key === 'j') this.#at = (this.#at + 1) % count
    if (key === 'enter' || key === ' ') this.#chosen.resolve(this.#at)
    if (key === 'q' || key === 'escape') this.#chosen.resolve(null)
    this.#changed()
  }

  /** As many items as there is room for, the one at hand among them. */
  lines({ rows, columns }: Size): readonly Line[] {
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
        `${isAt ? '▸' : ' '} ${cutCells(makePrintable(item), columns - 4)}`,
        isAt ? 'strong' : 'plain',
      )
    }
    canvas.put(2, 3 + Math.min(room, this.#items.length), 'arrows move · enter chooses · q quit', 'dim')
    return canvas.lines
  }
}
