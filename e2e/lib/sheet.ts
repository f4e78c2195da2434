/** The console blocks of a lab sheet: what is typed, and what is then shown. */

/** A line that is typed, or `^C`, and the lines that the sheet shows after it. */
export interface SheetStep {
  readonly typed: string
  readonly shown: readonly string[]
}

export interface SheetBlock {
  /** Null: commands that end. Otherwise the name of a terminal of its own, whose program keeps running. */
  readonly terminal: string | null
  /** Null if a test can run it, otherwise who or what is needed. */
  readonly byHand: string | null
  /** The first step of a block that continues the output of a program has nothing typed. */
  readonly steps: readonly SheetStep[]
  /** The line of the block in its document, from 1. */
  readonly line: number
}

/**
 * Reads the blocks of a document: ` ```console `, ` ```console NAME ` for a terminal whose program keeps running, or
 * ` ```console by hand: REASON `. A command starts with `$ ` and continues on lines with `> `.
 */
export function readSheet(markdown: string): readonly SheetBlock[] {
  return [...markdown.matchAll(/^( *)```console(.*)\n([^]*?)^\1```$/gm)].map((found) => {
    const [, indent = '', info = '', body = ''] = found
    const byHand = /^ by hand: (.+)$/.exec(info)?.[1] ?? null
    const lines = body.split('\n').map((line) => line.slice(indent.length))
    return {
      terminal: byHand === null && info.trim() !== '' ? info.trim() : null,
      byHand,
      steps: readSteps(lines.slice(0, -1)),
      line: markdown.slice(0, found.index).split('\n').length,
    }
  })
}

function readSteps(lines: readonly string[]): readonly SheetStep[] {
  const steps: { typed: string; shown: string[] }[] = []
  for (const line of lines) {
    const last = steps.at(-1)
    if (line.startsWith('$ ') || line === '^C') steps.push({ typed: line.replace(/^\$ /, ''), shown: [] })
    else if (line.startsWith('> ') && last?.shown.length === 0) last.typed += `\n${line.slice(2)}`
    else if (last === undefined) steps.push({ typed: '', shown: [line] })
    else last.shown.push(line)
  }
  return steps
}

/** Matches the shown lines: `…` in a line stands for any characters, a line `…` for any number of lines. */
export function patternOf(shown: readonly string[]): string {
  return shown
    .map((line) =>
      line.trim() === '…'
        ? '(?:[^\\n]*\\n)*?'
        : `${line
            .trimEnd()
            .split('…')
            .map((part) => RegExp.escape(part))
            .join('[^\\n]*?')}[ \\r]*\\n`,
    )
    .join('')
}
