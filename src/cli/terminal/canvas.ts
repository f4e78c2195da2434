/** A rectangle of characters, each with a style: what a screen is painted on before a terminal shows it. */

/** What a character means; how that looks is the terminal's matter. */
export type Style = 'plain' | 'dim' | 'strong' | 'X' | 'O' | 'last X' | 'last O' | 'win' | 'cursor' | 'alert'

export interface Span {
  readonly text: string
  readonly style: Style
}

export type Line = readonly Span[]

interface Dot {
  readonly character: string
  readonly style: Style
}

const blank: Dot = { character: ' ', style: 'plain' }

export class Canvas {
  readonly #rows: Dot[][] = []

  /** Each character takes one column. Rows and columns begin where something is painted. */
  put(x: number, y: number, text: string, style: Style = 'plain'): void {
    while (this.#rows.length <= y) this.#rows.push([])
    const row = this.#rows[y] ?? []
    for (const [index, character] of [...text].entries()) {
      while (row.length < x + index) row.push(blank)
      row[x + index] = { character, style }
    }
  }

  putLines(x: number, y: number, lines: readonly Line[]): void {
    for (const [index, line] of lines.entries()) {
      let column = x
      for (const { text, style } of line) {
        this.put(column, y + index, text, style)
        column += [...text].length
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

/** Neighbours of one style as one span. */
function join(row: readonly Dot[]): Line {
  const spans: { text: string; style: Style }[] = []
  for (const { character, style } of row) {
    const last = spans.at(-1)
    if (last?.style === style) last.text += character
    else spans.push({ text: character, style })
  }
  return spans
}
