/** The real path of a file. A database must have only one path, because SQLite derives the names of its log and locks from it. */
import { type BigIntStats, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Clock } from '../../base/index.ts'
import { errorCode } from '../../base/node/index.ts'
import { JournalFault } from '../journal.ts'
import { heldMs } from '../limits.ts'
import { fileFault } from './sqlite-fault.ts'

/** Symbolic links that are followed at most; operating systems follow 40. */
const linksMax = 40

/**
 * The absolute path without symbolic links. The file and its folders need not exist yet.
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
    if (errorCode(cause) !== 'ENOENT' || folder === whole || links === 0) throw cause
    const here = follow(folder, links - 1)
    const target = targetOf(join(here, basename(whole)))
    return target === null ? join(here, basename(whole)) : follow(resolve(here, target), links - 1)
  }
}

/** The target of a symbolic link; null: `path` is not a link, or does not exist. */
function targetOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/**
 * The stats of the file at a real path; null: there is no file yet.
 * @throws JournalFault 'unavailable' if the file may have a second path. A process that opens it by that path would not find
 *   its log and its lock.
 */
export function checkPlace(file: string): BigIntStats | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) return null
  if (!found.isFile())
    throw new JournalFault('unavailable', `the journal ${file} is not a regular file: choose another path`)
  if (found.nlink > 1n) {
    const advice = `find the others with \`find DIRECTORY -samefile ${file}\`, remove all but one, and start again`
    const why = `has ${found.nlink} names (hard links), and entries written under one name would be lost under the others`
    throw new JournalFault('unavailable', `the journal ${file} ${why}: ${advice}`)
  }
  if (statSync(dirname(file), { bigint: true }).dev === found.dev) return found
  const advice = 'mount its folder instead, and start again'
  throw new JournalFault(
    'unavailable',
    `the journal ${file} is mounted as a single file, without its log next to it: ${advice}`,
  )
}

/**
 * The files that this process has open. If such a file is removed or replaced, everything written to it is lost when the
 * process ends.
 */
export class HeldFiles {
  readonly #clock: Clock
  readonly #found: ReadonlyMap<string, BigIntStats | undefined>
  #checkedAt = -Infinity

  constructor(paths: readonly string[], clock: Clock) {
    this.#clock = clock
    this.#found = new Map(paths.map((path) => [path, statOf(path)]))
  }

  /** Checks at most once every {@link heldMs}. @throws Error if a path no longer leads to the same file. */
  check(): void {
    const now = this.#clock.now()
    if (now - this.#checkedAt < heldMs) return
    this.#checkedAt = now
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
