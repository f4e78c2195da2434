/** Symmetries: the rotations and reflections of a board that preserve its rules. */
import { cellOf, placeOf } from './board.ts'
import type { Cell } from './game.ts'
import type { Rules } from './rules.ts'

/** For every cell, the cell that it is mapped to. */
export type Symmetry = readonly Cell[]

/** The identity comes first. A square has 8, a rectangle 4, a board with gravity 2; a single row or column repeats some. */
export function symmetries(rules: Rules): readonly Symmetry[] {
  const { width, height, gravity } = rules
  const right = width - 1
  const bottom = height - 1
  const flips = [
    (x: number, y: number) => ({ x, y }),
    (x: number, y: number) => ({ x: right - x, y }),
    (x: number, y: number) => ({ x, y: bottom - y }),
    (x: number, y: number) => ({ x: right - x, y: bottom - y }),
  ]
  const turns = width === height ? flips.map((flip) => (x: number, y: number) => flip(y, x)) : []
  const cells = Array.from({ length: width * height }, (_, cell) => placeOf(rules, cell))
  return (gravity ? flips.slice(0, 2) : [...flips, ...turns]).map((image) =>
    cells.map(({ x, y }) => cellOf(rules, image(x, y))),
  )
}

/** The image of a board under a symmetry. */
export function transform(board: string, symmetry: Symmetry): string {
  const image: string[] = []
  for (let cell = 0; cell < board.length; cell++) image[symmetry[cell] ?? cell] = board.charAt(cell)
  return image.join('')
}
