/** A temporary folder for one test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Scratch extends Disposable {
  readonly folder: string
  /** The path of a file in the folder. */
  path(name: string): string
}

export function openScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-cli-'))
  return {
    folder,
    path: (name) => join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
