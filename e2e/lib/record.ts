/** Results of tests for docs/RELIABILITY.md: one JSON file per record in the folder named by OXO_RECORD. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface RecordedFinding {
  /** The promise, as a short sentence. */
  readonly promise: string
  /** The path of the test file, from the root. */
  readonly test: string
  /** How much was tried, and the result: '200 kills, 12,345 acknowledgements, 0 lost'. */
  readonly figure: string
  /** The command that gives this figure. */
  readonly command: string
  /** The planted bug that the test must detect; several are separated by semicolons. */
  readonly planted: string
  /** Runs, seeds or inputs until each of them was detected. */
  readonly caughtAfter: string
}

/**
 * Merges `part` into NAME.json: the test of the promise and the test of the planted bug each write their part. Does
 * nothing without OXO_RECORD.
 */
export function recordFinding(name: string, part: Partial<RecordedFinding>): void {
  const folder = process.env['OXO_RECORD']
  if (folder === undefined || folder === '') return
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.json`)
  writeFileSync(file, `${JSON.stringify({ ...readFinding(file), ...part }, null, 2)}\n`)
}

function readFinding(file: string): Partial<RecordedFinding> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<RecordedFinding>
  } catch {
    return {}
  }
}
