/** Text as a terminal shows it: in cells, of which a character takes none, one or two. */
import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter()

/** What is drawn as one: a letter with its marks, an emoji of several parts. */
export function graphemesOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** The columns that a text takes. Terminals differ by a column or two in emoji of several parts and in marks of India. */
export function cellsOf(text: string): number {
  return stringWidth(text)
}

/** At most so many columns of a text; `…` stands for what is left out. */
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
