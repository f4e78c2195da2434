/** Shared by the tests of backup, restore, export and import. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CommandEnd, endOf, mainFile } from './command.ts'
import { openScratch, type Scratch } from '../../server/testing/scratch.ts'

/** An export of the journal that {@link openMoving} copies. */
export const exportFile = fileURLToPath(new URL('../../../spec/export/v1/export.ndjson', import.meta.url))
const journalFile = fileURLToPath(new URL('../../../spec/journal/v1/journal.sqlite', import.meta.url))

export interface Moving extends Scratch {
  readonly file: string
  /** The value for `--journal`. */
  readonly journal: string
}

/** Makes a folder with a journal of format 1 in the file `name`: 31 entries of 4 games. */
export function openMoving(name: string): Moving {
  const scratch = openScratch()
  const file = scratch.path(name)
  mkdirSync(dirname(file), { recursive: true })
  copyFileSync(journalFile, file)
  return { ...scratch, file, journal: `sqlite:${file}` }
}

/** Asserts that a command ended with this code, one sentence on stderr, and nothing on stdout. */
export function assertEnds({ code, stdout, stderr }: CommandEnd, exitCode: number, complaint: RegExp): void {
  assert.equal(code, exitCode, stderr)
  assert.match(stderr, complaint)
  assert.equal(stderr.trim().split('\n').length, 1)
  assert.equal(stdout, '')
}

/** Runs `oxo` with a file size limit of `kB`, like a full disk. With `isFull`, stdout is /dev/full. */
export async function runCramped(kB: number, args: readonly string[], isFull = false): Promise<CommandEnd> {
  // The coverage file is larger than the limit, and failing to write it would end the process.
  const script = `unset NODE_V8_COVERAGE; trap '' XFSZ; ulimit -f ${kB}; exec "$@"${isFull ? ' > /dev/full' : ''}`
  return endOf(spawn('bash', ['-c', script, 'bash', process.execPath, mainFile, ...args]))
}
