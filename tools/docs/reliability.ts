/**
 * `npm run reliability`: writes the table of docs/RELIABILITY.md from the records of the last test run with OXO_RECORD,
 * which `npm test` sets. A test that did not run keeps its row unchanged. With `--longer` the figures go to the table of
 * longer runs, with date and commit, and stay there until the next such run.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/base/index.ts'
import type { RecordedFinding } from '../../e2e/lib/record.ts'
import { between, type Marks, replaceBetween } from './markdown.ts'
import { listFiles, readText } from '../check/tree.ts'

const markers = ['<!-- record -->', '<!-- /record -->'] as const
const longerMarkers = ['<!-- longer -->', '<!-- /longer -->'] as const
const longerHeads = ['record', 'day', 'commit', 'the run', 'command'] as const
const columns = ['promise', 'test', 'figure', 'command', 'planted', 'caughtAfter'] as const
const heads = ['record', 'what is promised', 'test', 'the last run', 'command', 'planted bug', 'caught after'] as const
const notRun = 'not run this time'

type Row = Partial<RecordedFinding>
type Rows = ReadonlyMap<string, Row>

/**
 * Returns the document with an updated table.
 * @param found The records of the last run, by name.
 * @param isKnown Whether a test still records under that name; other rows are removed.
 */
export function renewRecord(document: string, found: Rows, isKnown: (name: string) => boolean): string {
  return replaceTable(document, markers, (table) => {
    const rows = new Map<string, Row>()
    for (const [name, row] of parseRows(table)) if (isKnown(name)) rows.set(name, row)
    for (const [name, row] of found) rows.set(name, { ...rows.get(name), ...row })
    const sorted = [...rows].toSorted(([one], [other]) => (one < other ? -1 : 1))
    return [makeLine(heads), makeLine(heads.map(() => '---')), ...sorted.map(makeRow)]
  })
}

/** The date and the commit of a longer run. */
export interface Occasion {
  readonly day: string
  readonly commit: string
}

/** Returns the document with the figures of a longer run; rows of other names stay. */
export function renewLonger(document: string, found: Rows, { day, commit }: Occasion): string {
  return replaceTable(document, longerMarkers, (table) => {
    const lines = new Map(cellsOf(table).map((cells) => [cells[0] ?? '', makeLine(cells)]))
    for (const [name, { figure = notRun, command = '' }] of found)
      lines.set(`\`${name}\``, makeLine([`\`${name}\``, day, `\`${commit}\``, figure, `\`${command}\``]))
    const sorted = [...lines].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, line]) => line)
    return [makeLine(longerHeads), makeLine(longerHeads.map(() => '---')), ...sorted]
  })
}

function replaceTable(document: string, marks: Marks, renew: (table: string) => readonly string[]): string {
  return replaceBetween(document, marks, renew(between(document, marks)).join('\n'))
}

/** The members that have a value. */
function pick(row: Readonly<Record<string, string | undefined>>): Row {
  return Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== undefined && cell !== notRun))
}

function parseRows(table: string): ReadonlyMap<string, Row> {
  return new Map(
    cellsOf(table).map(([name = '', ...rest]) => [
      name.replaceAll('`', ''),
      pick(Object.fromEntries(columns.map((column, index) => [column, bare(column, rest[index] ?? '')]))),
    ]),
  )
}

/** The names in the first column of the record. */
function namesOf(document: string): readonly string[] {
  return [...parseRows(between(document, markers)).keys()]
}

/** The cells of all rows except the head and its rule. */
function cellsOf(table: string): readonly (readonly string[])[] {
  const lines = table.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  )
}

/** Tests and commands are in backquotes. */
const isCode = (column: keyof RecordedFinding): boolean => column === 'test' || column === 'command'

function bare(column: keyof RecordedFinding, cell: string): string {
  return isCode(column) ? cell.replace(/^`(.*)`$/, '$1') : cell
}

function makeRow([name, row]: readonly [string, Row]): string {
  const cells = columns.map((column) => {
    const cell = row[column] ?? notRun
    return isCode(column) && cell !== notRun ? `\`${cell}\`` : cell
  })
  return makeLine([`\`${name}\``, ...cells])
}

function makeLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`
}

/** Returns a predicate: whether one of the sources records under a name. A placeholder in a template matches any text. */
export function findNames(sources: readonly string[]): (name: string) => boolean {
  const calls = sources.flatMap((source) => [...source.matchAll(/(?<![#.\w])recordFinding\(\s*(['`])([^'`\s]+)\1/g)])
  const patterns = calls.map(([, , name = '']) => new RegExp(`^${name.replaceAll(/\$\{[^}]*\}/g, '.+')}$`))
  return (name) => patterns.some((pattern) => pattern.test(name))
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '../..')
  const folder = process.env['OXO_RECORD'] ?? join(root, 'coverage/record')
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  const found = new Map(
    files.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), 'utf8')) as Row]),
  )
  const path = join(root, 'docs/RELIABILITY.md')
  const document = readFileSync(path, 'utf8')
  const { values } = parseArgs({ options: { longer: { type: 'boolean' }, commit: { type: 'string' } } })
  if (values.longer === true) {
    const commit =
      values.commit ?? execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' })
    const day = new Date(systemClock.wall()).toISOString().slice(0, 10)
    writeFileSync(path, renewLonger(document, found, { day, commit: commit.trim() }))
    console.log(`Wrote ${found.size} longer runs.`)
  } else {
    const sources = listFiles().filter((file) => /^(?:e2e|fuzz|sim)\/.*\.ts$/.test(file))
    const renewed = renewRecord(document, found, findNames(sources.map(readText)))
    writeFileSync(path, renewed)
    const silent = namesOf(renewed).filter((name) => !found.has(name))
    const left = silent.length > 0 ? ` Not run this time: ${silent.join(', ')}.` : ''
    console.log(`Wrote the records of ${found.size} tests.${left}`)
  }
}
