/** Draws the position of a game, in the size that link previews show. */
import { type Mark, players } from '../../game/index.ts'
import { markBox, markPaths } from '../../game/mark-paths.ts'
import type { GameView } from '../../protocol/index.ts'
import { Raster, type Pen, type Point, shades } from './raster.ts'
import { type Colour, makePng } from './png.ts'
import { pictureSize } from './size.ts'

/** The colours of the page in its light theme, by their names in `src/web/style/colours.css`. */
export const colours = {
  paper: '#fbf7ef',
  raised: '#fffefb',
  wash: '#f6ecd8',
  edge: '#8a8172',
  'mark-x': '#c63d27',
  'mark-o': '#2453c6',
} as const

const grounds = ['paper', 'raised', 'wash', 'edge'] as const
const inks = { X: 'mark-x', O: 'mark-o' } as const

const palette: readonly Colour[] = [
  ...grounds.map((name) => parseColour(colours[name])),
  ...players.flatMap((mark) => Array.from({ length: shades }, (_, shade) => mix(inks[mark], (shade + 1) / shades))),
]

/** The longest side of a cell, and the least space around the board, in pixels. */
const sideMax = 180
const margin = 36

/** In parts of a cell: the width of a mark's pen; that of the stroke through a line, and how far it goes past the outer centres. */
const markPen = 2.4 / markBox
const strikePen = 0.09
const strikePast = 0.35

/** The strength of the marks that are not part of the line that ended the game. */
const paleStrength = 0.3

/** The number of straight pieces of a curve. */
const curvePieces = 12

/** What a picture shows. */
export type Pictured = Pick<GameView, 'rules' | 'board' | 'outcome' | 'last'>

interface Layout {
  /** The side of a cell. */
  readonly side: number
  /** The corner of a cell. */
  readonly place: (x: number, y: number) => Point
}

/**
 * Draws each picture on the same raster, because to allocate one takes longer than to draw. The drawings of marks are kept for
 * each size of a cell, of which there are about 40: a megabyte.
 */
export class PositionPainter {
  readonly #raster = new Raster(pictureSize, grounds.length)
  readonly #stamps = new Map<string, Raster>()

  /** A PNG of the board with its marks, the last move, and the line that ended the game. Takes some milliseconds. */
  draw(view: Pictured): Uint8Array<ArrayBuffer> {
    const layout = layOut(view)
    this.#raster.clear()
    this.#drawGround(layout, view)
    this.#drawMarks(layout, view)
    this.#drawLine(layout, view)
    return makePng(this.#raster, palette)
  }

  #drawGround({ side, place }: Layout, { rules: { width, height }, last }: Pictured): void {
    const fill = (from: Point, size: Point, ground: (typeof grounds)[number]): void =>
      this.#raster.fill(from, size, grounds.indexOf(ground))
    fill(place(0, 0), [side * width, side * height], 'raised')
    if (last?.x !== undefined && last.y !== undefined) fill(place(last.x, last.y), [side, side], 'wash')
    const thick = Math.max(1, Math.round(side / 45))
    for (let x = 1; x < width; x++) fill(shift(place(x, 0), [-thick >> 1, 0]), [thick, side * height], 'edge')
    for (let y = 1; y < height; y++) fill(shift(place(0, y), [0, -thick >> 1]), [side * width, thick], 'edge')
  }

  #drawMarks({ side, place }: Layout, { rules: { width }, board, outcome }: Pictured): void {
    const line = new Set(outcome?.line?.map(([x, y]) => y * width + x))
    for (const [cell, what] of [...board].entries()) {
      const mark = players.find((player) => player === what)
      if (mark === undefined) continue
      const strength = line.size === 0 || line.has(cell) ? 1 : paleStrength
      this.#raster.stamp(this.#stampOf(mark, side, strength), place(cell % width, Math.floor(cell / width)))
    }
  }

  #stampOf(mark: Mark, side: number, strength: number): Raster {
    const key = `${mark} ${side} ${strength}`
    const known = this.#stamps.get(key)
    if (known !== undefined) return known
    const stamp = new Raster([side, side], grounds.length)
    const scale = side / markBox
    for (const points of flatten(markPaths[mark]))
      stamp.stroke(
        points.map(([x, y]) => [x * scale, y * scale]),
        makePen(mark, markPen * side, strength),
      )
    this.#stamps.set(key, stamp)
    return stamp
  }

  #drawLine({ side, place }: Layout, { rules: { width }, board, outcome }: Pictured): void {
    const [from, to] = [outcome?.line?.[0], outcome?.line?.at(-1)]
    if (from === undefined || to === undefined) return
    const mark = players.find((player) => player === board[from[1] * width + from[0]])
    if (mark === undefined) return
    const past = strikePast * side
    const [dx, dy] = [past * Math.sign(to[0] - from[0]), past * Math.sign(to[1] - from[1])]
    const middle = ([x, y]: readonly [number, number]): Point => shift(place(x, y), [side / 2, side / 2])
    this.#raster.stroke(
      [shift(middle(from), [-dx, -dy]), shift(middle(to), [dx, dy])],
      makePen(mark, strikePen * side, 1),
    )
  }
}

function layOut({ rules: { width, height } }: Pictured): Layout {
  const [wide, high] = pictureSize
  const side = Math.min(sideMax, Math.floor((wide - 2 * margin) / width), Math.floor((high - 2 * margin) / height))
  const [left, top] = [Math.floor((wide - side * width) / 2), Math.floor((high - side * height) / 2)]
  return { side, place: (x, y) => [left + x * side, top + y * side] }
}

function makePen(mark: Mark, width: number, strength: number): Pen {
  return { width, ink: players.indexOf(mark), strength }
}

/** The lines of a path that consists of the commands M and C, as points. */
export function flatten(path: string): readonly (readonly Point[])[] {
  const lines: Point[][] = []
  for (const [, command, text = ''] of path.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const numbers = text.match(/-?[\d.]+/g)?.map(Number) ?? []
    const points = Array.from({ length: numbers.length / 2 }, (_, index): Point => [
      numbers[index * 2] ?? 0,
      numbers[index * 2 + 1] ?? 0,
    ])
    if (command === 'M') lines.push(points)
    else lines.at(-1)?.push(...bend(lines.at(-1)?.at(-1) ?? [0, 0], points))
  }
  return lines
}

/** Points on the cubic curves that begin at `from`; `points` has three for each curve: two controls and the end. */
function bend(from: Point, points: readonly Point[]): readonly Point[] {
  const found: Point[] = []
  let start = from
  for (let index = 0; index + 2 < points.length; index += 3) {
    const [a = start, b = start, end = start] = points.slice(index, index + 3)
    for (let piece = 1; piece <= curvePieces; piece++) {
      const t = piece / curvePieces
      const s = 1 - t
      const at = (axis: 0 | 1): number =>
        s * s * s * start[axis] + 3 * s * s * t * a[axis] + 3 * s * t * t * b[axis] + t * t * t * end[axis]
      found.push([at(0), at(1)])
    }
    start = end
  }
  return found
}

function shift([x, y]: Point, [dx, dy]: Point): Point {
  return [x + dx, y + dy]
}

/** A shade of the ink on the colour of the board. @param strength from 0 to 1 */
function mix(ink: keyof typeof colours, strength: number): Colour {
  const [from, to] = [parseColour(colours.raised), parseColour(colours[ink])]
  const part = (index: 0 | 1 | 2): number => Math.round(from[index] + (to[index] - from[index]) * strength)
  return [part(0), part(1), part(2)]
}

/** @param text `#` and six hexadecimal digits */
function parseColour(text: string): Colour {
  const part = (at: number): number => Number.parseInt(text.slice(at, at + 2), 16)
  return [part(1), part(3), part(5)]
}
