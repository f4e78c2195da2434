/** Where a file really is: one database has one name, for SQLite names the log and the locks of a file after its own. */
import { type BigIntStats, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Clock } from '../../base/index.ts'
import { JournalFault } from '../journal.ts'
import { heldMs } from '../limits.ts'
import { fileFault } from './sqlite-fault.ts'

/** Links that lead on from a link; systems follow 40. */
const linksMax = 40

/**
 * The absolute path without symbolic links of what may not be there yet.
 * @throws JournalFault 'unavailable'
 */
export function realPath(path: string): string {
  try {
    return follow(path, linksMax)
  } catch (cause) {
    throw fileFault(path, cause)
  }
}

function follow(path: string, links: number): string {
  const whole = resolve(path)
  try {
    return realpathSync(whole)
  } catch (cause) {
    const folder = dirname(whole)
    if (codeOf(cause) !== 'ENOENT' || folder === whole || links === 0) throw cause
    const here = follow(folder, links - 1)
    const target = targetOf(join(here, basename(whole)))
    return target === null ? join(here, basename(whole)) : follow(resolve(here, target), links - 1)
  }
}

/** Where a symbolic link leads; null: it is none, or nothing. */
function targetOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/**
 * What is at a real path, which may be nothing yet (null).
 * @throws JournalFault 'unavailable' where the file may have another name as well, under which another process would not
 *   find its log and its lock.
 */
export function checkPlace(file: string): BigIntStats | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) return null
  if (!found.isFile()) throw new JournalFault('unavailable', `the journal ${file} is no file: name another one`)
  if (found.nlink > 1n) {
    const advice = `find the others with \`find DIRECTORY -samefile ${file}\`, remove all but one, and start again`
    const why = `has ${found.nlink} names (hard links), and what is written under one of them is lost under the others`
    throw new JournalFault('unavailable', `the journal ${file} ${why}: ${advice}`)
  }
  if (statSync(dirname(file), { bigint: true }).dev === found.dev) return found
  const advice = 'mount its folder instead, and start again'
  throw new JournalFault(
    'unavailable',
    `the journal ${file} is mounted by itself, without its log beside it: ${advice}`,
  )
}

/** Files that this process has open: what is written to one whose name is gone, or another's, is lost with the process. */
export class HeldFiles {
  readonly #clock: Clock
  readonly #found: ReadonlyMap<string, BigIntStats | undefined>
  #lookedAt = -Infinity

  constructor(paths: readonly string[], clock: Clock) {
    this.#clock = clock
    this.#found = new Map(paths.map((path) => [path, statOf(path)]))
  }

  /** Looks at most every {@link heldMs}. @throws Error if a name does not lead to the same file any more. */
  check(): void {
    const now = this.#clock.now()
    if (now - this.#lookedAt < heldMs) return
    this.#lookedAt = now
    for (const [path, held] of this.#found) {
      const found = statOf(path)
      if (found?.ino !== held?.ino || found?.dev !== held?.dev)
        throw new Error(`${path} was removed or replaced while it was in use`)
    }
  }
}

function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined
}
