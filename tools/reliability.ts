/**
 * Writes the table of docs/RELIABILITY.md from what the tests of the last run recorded: `npm run reliability`, after a
 * run with OXO_RECORD, which `npm test` sets.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../e2e/lib/record.ts'

const root = join(import.meta.dirname, '..')
const folder = process.env['OXO_RECORD'] ?? join(root, 'coverage/record')
const document = join(root, 'docs/RELIABILITY.md')
const markers = ['<!-- record -->', '<!-- /record -->'] as const
const columns = ['promise', 'test', 'figure', 'command', 'planted', 'caughtAfter'] as const
const heads = ['what is promised', 'test', 'the last run', 'command', 'planted bug', 'caught after'] as const

const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const findings = files.sort().map(readFinding)
const table = [row(heads), row(heads.map(() => '---')), ...findings.map(makeRow)].join('\n')
const text = readFileSync(document, 'utf8')
const [open, close] = markers.map((marker) => text.indexOf(marker))
if (open === undefined || close === undefined || open < 0 || close < open)
  throw new Error(`docs/RELIABILITY.md has no ${markers.join(' … ')}`)
writeFileSync(document, `${text.slice(0, open)}${markers[0]}\n\n${table}\n\n${text.slice(close)}`)
console.log(`Wrote ${findings.length} rows.`)

/** @throws if a test gave only a part of its row. */
function readFinding(file: string): Finding {
  const finding = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Partial<Finding>
  const missing = columns.filter((column) => finding[column] === undefined)
  if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(', ')}: run all of the tests that record it`)
  return finding as Finding
}

function makeRow(finding: Finding): string {
  const { promise, test, figure, command, planted, caughtAfter } = finding
  return row([promise, `\`${test}\``, figure, `\`${command}\``, planted, caughtAfter])
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`
}
