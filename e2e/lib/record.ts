/** What tests of promises found, for docs/RELIABILITY.md: one JSON file a test in the folder that OXO_RECORD names. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Finding {
  /** What is promised, in a sentence of a few words. */
  readonly promise: string
  /** The file of the test, from the root. */
  readonly test: string
  /** How much was tried and what came of it: '200 kills, 12,345 acknowledgements, 0 lost'. */
  readonly figure: string
  /** What to type for this figure. */
  readonly command: string
  /** The bug that was put in to see whether it is caught; several are separated by semicolons. */
  readonly planted: string
  /** After how many runs, seeds or inputs each of them was. */
  readonly caughtAfter: string
}

/**
 * Adds to NAME.json what is known of it so far: the test of the promise and the test of the planted bug each give their
 * part. Without OXO_RECORD nothing is written.
 */
export function record(name: string, part: Partial<Finding>): void {
  const folder = process.env['OXO_RECORD']
  if (folder === undefined || folder === '') return
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.json`)
  writeFileSync(file, `${JSON.stringify({ ...readFinding(file), ...part }, null, 2)}\n`)
}

function readFinding(file: string): Partial<Finding> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Finding>
  } catch {
    return {}
  }
}
