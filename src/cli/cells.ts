/** The width of text in terminal cells: a character takes none, one or two. */
import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter()

/** Splits a text into graphemes: a letter with its marks, or an emoji of several code points. */
export function graphemesOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** The number of columns of a text. Terminals differ by one or two columns for composed emoji and Indic marks. */
export function cellsOf(text: string): number {
  return stringWidth(text)
}

/** Cuts a text to at most `columns` columns; `…` marks the cut. */
export function cutCells(text: string, columns: number): string {
  if (cellsOf(text) <= columns) return text
  let room = columns - 1
  let kept = ''
  for (const grapheme of graphemesOf(text)) {
    room -= cellsOf(grapheme)
    if (room < 0) break
    kept += grapheme
  }
  return columns < 1 ? '' : `${kept.trimEnd()}…`
}

export function padCells(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - cellsOf(text)))
}
