/** Files that are made for their owner only, where they are not there. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/** Creates the file and its folder where they do not exist, for their owner only, and makes the folder durable. */
export function createFile(file: string): void {
  const folder = dirname(file)
  const first = makeFolder(folder)
  // Exclusive creation never opens a file that exists: closing any descriptor of it would drop SQLite's locks.
  unlessThere(() => closeSync(openSync(file, 'wx', 0o600)))
  if (first === undefined || process.platform === 'win32') return
  for (let path = folder; ; path = dirname(path)) {
    sync(path, 'r')
    if (path === dirname(first) || path === dirname(path)) break
  }
}

/**
 * The first folder that had to be made. Not by `recursive`, which tries for ever where the system says of a folder in a
 * folder that is there that it has none, as /proc does.
 */
function makeFolder(folder: string): string | undefined {
  if (existsSync(folder)) return undefined
  const first = folder === dirname(folder) ? undefined : makeFolder(dirname(folder))
  unlessThere(() => mkdirSync(folder, { mode: 0o700 }))
  return first ?? folder
}

function unlessThere(make: () => void): void {
  try {
    make()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Makes what was written durable. */
export function sync(path: string, flags: 'r' | 'r+'): void {
  const descriptor = openSync(path, flags)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
