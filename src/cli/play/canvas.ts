/** A rectangle of cells, each with a style: what a screen is painted on before a terminal shows it. */
import { cellsOf, graphemesOf } from '../cells.ts'

/** What a character means; how that looks is the terminal's matter. */
export type Style = 'plain' | 'dim' | 'strong' | 'X' | 'O' | 'last X' | 'last O' | 'win' | 'cursor' | 'alert'

export interface Span {
  readonly text: string
  readonly style: Style
}

export type Line = readonly Span[]

interface Dot {
  /** What is drawn as one; '' in the second cell of what takes two. */
  readonly grapheme: string
  readonly style: Style
}

const blank: Dot = { grapheme: ' ', style: 'plain' }

export class Canvas {
  readonly #rows: Dot[][] = []

  /** A character takes the cells that a terminal gives it. Rows and columns begin where something is painted. */
  put(x: number, y: number, text: string, style: Style = 'plain'): void {
    while (this.#rows.length <= y) this.#rows.push([])
    const row = this.#rows[y] ?? []
    while (row.length < x) row.push(blank)
    let column = x
    for (const grapheme of graphemesOf(text)) {
      const end = column + cellsOf(grapheme)
      // A mark without a letter takes no cell, and has none.
      for (let cell = column; cell < end; cell++) paint(row, cell, { grapheme: cell === column ? grapheme : '', style })
      column = end
    }
  }

  putLines(x: number, y: number, lines: readonly Line[]): void {
    for (const [index, line] of lines.entries()) {
      let column = x
      for (const { text, style } of line) {
        this.put(column, y + index, text, style)
        column += cellsOf(text)
      }
    }
  }

  get lines(): readonly Line[] {
    return this.#rows.map(join)
  }
}

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style }
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('')
}

/** Of what took two cells, nothing is left when one of them is painted over. */
function paint(row: Dot[], cell: number, dot: Dot): void {
  if (row[cell]?.grapheme === '' && dot.grapheme !== '') row[cell - 1] = blank
  if (row[cell + 1]?.grapheme === '') row[cell + 1] = blank
  row[cell] = dot
}

/** Neighbours of one style as one span. */
function join(row: readonly Dot[]): Line {
  const spans: { text: string; style: Style }[] = []
  for (const { grapheme, style } of row) {
    const last = spans.at(-1)
    if (last?.style === style) last.text += grapheme
    else spans.push({ text: grapheme, style })
  }
  return spans
}
