/** Creates missing files that only their owner may access. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/** Creates the file and its folder if they do not exist, accessible to their owner only, and syncs the folder. */
export function createFile(file: string): void {
  const folder = dirname(file)
  const first = makeFolder(folder)
  // Exclusive creation never opens a file that exists: closing any descriptor of it would drop SQLite's locks.
  ignoreExisting(() => closeSync(openSync(file, 'wx', 0o600)))
  if (first === undefined || process.platform === 'win32') return
  for (let path = folder; ; path = dirname(path)) {
    sync(path, 'r')
    if (path === dirname(first) || path === dirname(path)) break
  }
}

/**
 * Creates a folder with its parents. Returns the topmost folder that it created, or undefined if none. Creates them one by
 * one: `mkdir({recursive})` loops forever where an existing parent answers ENOENT, as /proc does.
 */
function makeFolder(folder: string): string | undefined {
  if (existsSync(folder)) return undefined
  const first = folder === dirname(folder) ? undefined : makeFolder(dirname(folder))
  ignoreExisting(() => mkdirSync(folder, { mode: 0o700 }))
  return first ?? folder
}

function ignoreExisting(make: () => void): void {
  try {
    make()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Syncs a file or folder to the disk. */
export function sync(path: string, flags: 'r' | 'r+'): void {
  const descriptor = openSync(path, flags)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
