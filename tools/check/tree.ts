/** Lists and reads the files of the checkout, without generated and installed ones. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const foreign = new Set(['node_modules', 'dist', 'coverage', 'oxo-data', 'course-data', '.git'])

/** Paths from the root, with forward slashes, sorted. */
export function listFiles(): readonly string[] {
  const found = globSync('**/*', { cwd: root, withFileTypes: true, exclude: ({ name }) => foreign.has(name) })
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted()
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
