/** The kept inputs of a target: a file each in `fuzz/corpus/TARGET`. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is kept in git stays small. */
const keptBytesMax = 1_024
const keptFilesMax = 40

const root = join(import.meta.dirname, '../corpus')

/** In the order of their names: the same on every machine. */
export function readCorpus(target: string): readonly Buffer[] {
  const folder = join(root, target)
  return list(folder).map((name) => readFileSync(join(folder, name)))
}

/** Keeps an input that did something new; null when it is too long or there is no room. */
export function keepInput(target: string, input: Buffer): string | null {
  const folder = join(root, target)
  if (input.length > keptBytesMax || list(folder).length >= keptFilesMax) return null
  const name = `found-${createHash('sha256').update(input).digest('hex').slice(0, 12)}.bin`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), input)
  return join('fuzz/corpus', target, name)
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
