/** Makes Markdown as the formatter lays it out, and replaces generated parts of a document. */

export function makeTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width))
  const [first = [], ...others] = lines
  return [first, rule, ...others]
    .map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n')
}

export function code(text: string): string {
  return `\`${text}\``
}

/** The markers before and after generated text. */
export type Marks = readonly [open: string, close: string]

/** Returns the text between the markers. @throws Error if they are missing */
export function between(document: string, [open, close]: Marks): string {
  const [start, end] = [document.indexOf(open), document.indexOf(close)]
  if (start < 0 || end < start) throw new Error(`the document has no ${open} … ${close}`)
  return document.slice(start + open.length, end).trim()
}

/** Returns the document with `text` between the markers. @throws Error if they are missing */
export function replaceBetween(document: string, marks: Marks, text: string): string {
  const old = between(document, marks)
  const start = document.indexOf(marks[0]) + marks[0].length
  const end = document.indexOf(marks[1])
  return old === text ? document : `${document.slice(0, start)}\n\n${text}\n\n${document.slice(end)}`
}
