/** The corpus of a target: one file per input in `fuzz/corpus/TARGET`. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Limits that keep the corpus in git small. */
const keptBytesMax = 1_024
const keptFilesMax = 40

const root = join(import.meta.dirname, '../corpus')

/** Reads the corpus sorted by file name, so in the same order on every machine. */
export function readCorpus(target: string): readonly Buffer[] {
  const folder = join(root, target)
  return list(folder).map((name) => readFileSync(join(folder, name)))
}

/** Adds an input to the corpus and returns its path. Null if it is too long or the corpus is full. */
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
