/** A rectangle of styled cells, painted before a terminal shows it. */
import { cellsOf, graphemesOf } from '../cells.ts'

/** The meaning of a character; the screen decides how it looks. */
export type Style = 'plain' | 'dim' | 'strong' | 'X' | 'O' | 'last X' | 'last O' | 'win' | 'cursor' | 'alert'

export interface Span {
  readonly text: string
  readonly style: Style
}

export type CanvasLine = readonly Span[]

interface Dot {
  /** One grapheme; '' in the second cell of a wide grapheme. */
  readonly grapheme: string
  readonly style: Style
}

const blank: Dot = { grapheme: ' ', style: 'plain' }

export class Canvas {
  readonly #rows: Dot[][] = []

  /**
   * Paints text at column `x` of row `y`, both from 0. A grapheme takes as many cells as in a terminal. The canvas
   * grows.
   */
  put(x: number, y: number, text: string, style: Style = 'plain'): void {
    while (this.#rows.length <= y) this.#rows.push([])
    const row = this.#rows[y] ?? []
    while (row.length < x) row.push(blank)
    let column = x
    for (const grapheme of graphemesOf(text)) {
      const end = column + cellsOf(grapheme)
      // A combining mark without a letter has width 0 and is not painted.
      for (let cell = column; cell < end; cell++) paint(row, cell, { grapheme: cell === column ? grapheme : '', style })
      column = end
    }
  }

  putLines(x: number, y: number, lines: readonly CanvasLine[]): void {
    for (const [index, line] of lines.entries()) {
      let column = x
      for (const { text, style } of line) {
        this.put(column, y + index, text, style)
        column += cellsOf(text)
      }
    }
  }

  get lines(): readonly CanvasLine[] {
    return this.#rows.map(join)
  }
}

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style }
}

export function plainTextOf(line: CanvasLine): string {
  return line.map(({ text }) => text).join('')
}

/** Paints one cell. If it was half of a wide grapheme, the other half becomes blank. */
function paint(row: Dot[], cell: number, dot: Dot): void {
  if (row[cell]?.grapheme === '' && dot.grapheme !== '') row[cell - 1] = blank
  if (row[cell + 1]?.grapheme === '') row[cell + 1] = blank
  row[cell] = dot
}

/** Joins neighbouring cells of one style to spans. */
function join(row: readonly Dot[]): CanvasLine {
  const spans: { text: string; style: Style }[] = []
  for (const { grapheme, style } of row) {
    const last = spans.at(-1)
    if (last?.style === style) last.text += grapheme
    else spans.push({ text: grapheme, style })
  }
  return spans
}
