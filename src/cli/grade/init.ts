/** `oxo grade --init`: looks into a folder and writes a description to begin with. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { type SourceFile, writeFirstDescription } from '../../grading/index.ts'
import { errorCode } from '../../base/node/index.ts'
import { stopOfFile } from '../../server/files.ts'
import { Stop } from '../../server/stop.ts'
import { findHomeworkSchema } from '../homework-schema.ts'

/** Folders whose files nobody wrote by hand. */
const skipped = /^(?:\.|node_modules$|__pycache__$|venv$|env$|out$|build$|dist$|target$|bin$|obj$)/
const depthMax = 4
const bytesMax = 200_000

/** @throws Stop if there is a description already, or the folder cannot be used. */
export function writeFirst(folder: string): void {
  const file = join(folder, 'homework.yaml')
  const name = basename(resolve(folder))
  const { yaml, server, needsAdapter } = writeFirstDescription({
    name,
    files: readSources(folder),
    schema: findHomeworkSchema(),
  })
  try {
    writeFileSync(file, yaml, { flag: 'wx' })
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST')
      throw new Stop('usage', `There is a ${file} already, and it stays as it is: remove it, or name another folder.`)
    throw new Stop('usage', stopOfFile(file, cause).message, { cause })
  }
  const steps = [
    'Change the lines with CHANGE: they say what your protocol sends and answers.',
    ...(needsAdapter ? ['Write the adapter, which translates your messages: docs/HOMEWORK.md says how.'] : []),
    `Run: oxo grade ${file}`,
  ]
  const found = server === null ? `No file in ${folder} listens on a port, so` : `The server is ${server}.`
  process.stdout.write(
    `${server === null ? `${found} its command is a guess.` : found}\nWrote ${file}. Next:\n${steps.map((step, index) => `  ${index + 1}. ${step}\n`).join('')}`,
  )
}

function readSources(root: string): readonly SourceFile[] {
  const visit = (folder: string, depth: number): readonly SourceFile[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return depth < depthMax && !skipped.test(entry.name) ? visit(path, depth + 1) : []
      if (!entry.isFile() || statSync(path).size > bytesMax) return []
      return [{ path: relative(root, path), text: readFileSync(path, 'utf8') }]
    })
  try {
    return visit(root, 1)
  } catch (cause) {
    throw new Stop('usage', stopOfFile(root, cause).message, { cause })
  }
}
