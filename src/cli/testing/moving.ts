/** What the tests of backups and of moves between journals have in common. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Ended, mainFile } from './command.ts'
import { openScratch, type Scratch } from '../../server/testing/scratch.ts'

/** An export of the journal that {@link openMoving} gives. */
export const exportFile = fileURLToPath(new URL('../../../spec/export/v1/export.ndjson', import.meta.url))
const journalFile = fileURLToPath(new URL('../../../spec/journal/v1/journal.sqlite', import.meta.url))

export interface Moving extends Scratch {
  readonly file: string
  /** As `--journal` names it. */
  readonly journal: string
}

/** A folder with the journal of format 1 in the file `name`: 31 entries of 4 games. */
export function openMoving(name: string): Moving {
  const scratch = openScratch()
  const file = scratch.path(name)
  mkdirSync(dirname(file), { recursive: true })
  copyFileSync(journalFile, file)
  return { ...scratch, file, journal: `sqlite:${file}` }
}

/** Claims that a command ended with this code, one sentence, and nothing on standard output. */
export function assertEnds({ code, stdout, stderr }: Ended, exitCode: number, complaint: RegExp): void {
  assert.equal(code, exitCode, stderr)
  assert.match(stderr, complaint)
  assert.equal(stderr.trim().split('\n').length, 1)
  assert.equal(stdout, '')
}

/** `oxo` where no file may grow beyond so many kB, as on a full disk; `isFull`: nor has standard output any space. */
export async function runCramped(kB: number, args: readonly string[], isFull = false): Promise<Ended> {
  // What coverage writes at the end is larger, and ends a process that may not write it.
  const script = `unset NODE_V8_COVERAGE; trap '' XFSZ; ulimit -f ${kB}; exec "$@"${isFull ? ' > /dev/full' : ''}`
  const child = spawn('bash', ['-c', script, 'bash', process.execPath, mainFile, ...args])
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, stdout, stderr }
}
