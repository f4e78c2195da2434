/** Replaces characters that a terminal cannot show by others of the same width. */
import { cellsOf, graphemesOf } from './cells.ts'
import type { Glyphs } from './glyphs.ts'

/** Replacements for characters that the font of the Linux console lacks. */
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

/** Returns the text with replacements. A letter with diacritics loses them; other characters become `?`. */
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

/** Patches `terminal.write`, so that the output of every library is replaced too. */
export function writePlain(terminal: NodeJS.WriteStream, glyphs: Exclude<Glyphs, 'all'>): void {
  const write = terminal.write.bind(terminal) as (chunk: unknown, ...rest: unknown[]) => boolean
  terminal.write = (chunk: unknown, ...rest: unknown[]): boolean =>
    write(typeof chunk === 'string' ? makePlain(chunk, glyphs) : chunk, ...rest)
}
