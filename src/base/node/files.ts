/** Files that only their owner may access, and that survive a power cut. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from './error-code.ts'

/** Creates the file and its folder if they do not exist, accessible to their owner only, and syncs the new folders. */
export function createFile(file: string): void {
  const folder = dirname(file)
  const first = makeFolder(folder)
  // Exclusive creation never opens a file that exists: closing any descriptor of it would drop SQLite's locks.
  ignoreExisting(() => closeSync(openSync(file, 'wx', 0o600)))
  if (first === undefined) return
  for (let path = folder; ; path = dirname(path)) {
    syncFolder(path)
    if (path === dirname(first) || path === dirname(path)) break
  }
}

/**
 * Replaces the content of the file in one step, also across a power cut. Creates the file if it does not exist, accessible to
 * its owner only.
 */
export function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
  syncFolder(dirname(file))
}

/**
 * Creates a folder with its parents, accessible to their owner only. Returns the topmost folder that it created, or
 * undefined if none. Creates them one by one: `mkdir({recursive})` loops forever where an existing parent answers ENOENT,
 * as /proc does.
 */
export function makeFolder(folder: string): string | undefined {
  if (existsSync(folder)) return undefined
  const first = folder === dirname(folder) ? undefined : makeFolder(dirname(folder))
  ignoreExisting(() => mkdirSync(folder, { mode: 0o700 }))
  return first ?? folder
}

function ignoreExisting(make: () => void): void {
  try {
    make()
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}

/** Makes the content of the file durable. */
export function syncFile(file: string, flags: 'r' | 'r+' = 'r'): void {
  const descriptor = openSync(file, flags)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes the creation and renaming of files in the folder durable. Windows syncs no folders. */
export function syncFolder(folder: string): void {
  if (process.platform !== 'win32') syncFile(folder)
}
