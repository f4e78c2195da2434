/** Text for terminals that cannot show all of Unicode: what they lack is replaced, and takes as many columns as before. */
import { cellsOf, graphemesOf } from './cells.ts'
import type { Glyphs } from './glyphs.ts'

/** What the font of the Linux console lacks. */
const simple: Readonly<Record<string, string>> = {
  ...{ '╱': '/', '╲': '\\', '╳': 'X', '╭': '┌', '╮': '┐', '╰': '└', '╯': '┘' },
  ...{ '┏': '[', '┗': '[', '┓': ']', '┛': ']', '▸': '>', '●': '*', '○': 'o' },
  ...{ '…': '.', '–': '-', '—': '-', '‘': "'", '’': "'", '“': '"', '”': '"' },
}

const ascii: Readonly<Record<string, string>> = {
  ...simple,
  ...{ '╭': '.', '╮': '.', '╰': "'", '╯': "'", '─': '-', '│': '|', '·': '.', '×': 'x' },
  ...Object.fromEntries(Array.from('┌┬┐├┼┤└┴┘', (corner) => [corner, '+'])),
}

const isAscii = /^[\0-\x7f]*$/

/** The text as such a terminal can show it. A letter that is another one with marks loses them; others are `?`. */
export function makePlain(text: string, glyphs: Exclude<Glyphs, 'all'>): string {
  if (isAscii.test(text)) return text
  const parts = graphemesOf(text)
  if (glyphs === 'console') return parts.map((part) => simple[part] ?? part).join('')
  return parts.map((part) => (isAscii.test(part) ? part : (ascii[part] ?? makeLetters(part)))).join('')
}

function makeLetters(part: string): string {
  const width = cellsOf(part)
  const letters = part.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  return /^[ -~]+$/.test(letters) && letters.length <= width ? letters.padEnd(width) : '?'.repeat(width)
}

/** Replaces from now on what the terminal cannot show in all that is written to it, by whichever library. */
export function writePlain(terminal: NodeJS.WriteStream, glyphs: Exclude<Glyphs, 'all'>): void {
  const write = terminal.write.bind(terminal) as (chunk: unknown, ...rest: unknown[]) => boolean
  terminal.write = (chunk: unknown, ...rest: unknown[]): boolean =>
    write(typeof chunk === 'string' ? makePlain(chunk, glyphs) : chunk, ...rest)
}
