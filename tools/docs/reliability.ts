/**
 * `npm run reliability`: writes the records of the last test run with OXO_RECORD, which `npm test` sets, into the table of
 * docs/RELIABILITY.md. With `--longer` the figures go to the table of longer runs, with date and commit. A row stays until the
 * next run of its test; the row of a test that is gone is deleted by hand.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/base/index.ts'
import type { RecordedFinding } from '../../e2e/lib/record.ts'
import { between, code, type Marks, replaceBetween } from './markdown.ts'

const marks: Marks = ['<!-- record -->', '<!-- /record -->']
const longerMarks: Marks = ['<!-- longer -->', '<!-- /longer -->']
const notRun = 'not run this time'

type Cells = readonly string[]

/**
 * Returns the document with one row for each member of `rows` in the table between the marks, by name. Rows of other names
 * stay unchanged.
 */
export function renewTable(document: string, marked: Marks, rows: ReadonlyMap<string, Cells>): string {
  const [head = '', rule = '', ...old] = between(document, marked).split('\n')
  const kept = old.filter((line) => !rows.has(nameOf(line)))
  const renewed = Array.from(rows, ([name, cells]) => makeLine([code(name), ...cells]))
  const sorted = [...kept, ...renewed].toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
  return replaceBetween(document, marked, [head, rule, ...sorted].join('\n'))
}

/** The name in the first cell of a row. */
function nameOf(line: string): string {
  return /^\| `([^`]+)`/.exec(line)?.[1] ?? ''
}

function makeLine(cells: Cells): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`
}

/** The cells of docs/RELIABILITY.md's table, after the name. */
export function splitRow({ promise, test, figure, command, planted, caughtAfter }: Partial<RecordedFinding>): Cells {
  const asCode = (text: string | undefined): string => (text === undefined ? notRun : code(text))
  return [promise ?? notRun, asCode(test), figure ?? notRun, asCode(command), planted ?? notRun, caughtAfter ?? notRun]
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '../..')
  const { values } = parseArgs({ options: { longer: { type: 'boolean' }, commit: { type: 'string' } } })
  const day = new Date(systemClock.wall()).toISOString().slice(0, 10)
  const git = (): string => execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' })
  const commit = values.longer === true ? (values.commit ?? git()).trim() : ''
  const longerCellsOf = ({ figure = notRun, command = '' }: Partial<RecordedFinding>): Cells => [
    ...[day, code(commit), figure, code(command)],
  ]

  const folder = process.env['OXO_RECORD'] ?? join(root, 'coverage/record')
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  const rows = new Map(
    files.map((file) => {
      const finding = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Partial<RecordedFinding>
      return [file.slice(0, -'.json'.length), values.longer === true ? longerCellsOf(finding) : splitRow(finding)]
    }),
  )
  const path = join(root, 'docs/RELIABILITY.md')
  writeFileSync(path, renewTable(readFileSync(path, 'utf8'), values.longer === true ? longerMarks : marks, rows))
  console.log(`Wrote the records of ${rows.size} tests.`)
}
