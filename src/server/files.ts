/** Files that people name: why one cannot be had, as a sentence. */
import { open } from 'node:fs/promises'
import { whyDenied } from './denied.ts'
import { sentenceOf, Stop } from './stop.ts'

/** The name that the system gives to what went wrong; null where it was not the system. */
export function codeOf(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null
}

const sentences: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `There is no file ${file}.`,
  ENOTDIR: (file) => `There is no file ${file}: part of its path is no folder.`,
  EISDIR: (file) => `${file} is a folder: name a file.`,
  EACCES: (file) => {
    const why = whyDenied(file, 'read') ?? whyDenied(file, 'write')
    return why === null ? `${file} may not be used by you.` : sentenceOf(`the file ${file} cannot be used: ${why}`)
  },
  EROFS: (file) => `${file} is on a file system that is read-only: name a place that can be written to.`,
  ENOSPC: (file) => `There is no space for ${file}: make some.`,
}

/** `cause`: what the system threw, or the name of that. */
export function stopOfFile(file: string, cause: unknown): Stop {
  const code = codeOf(cause) ?? String(cause)
  return new Stop('failed', sentences[code]?.(file) ?? `${file} cannot be used (${code}).`, { cause })
}

/** Makes durable what was created or renamed in it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await using handle = await open(folder, 'r')
  await handle.sync()
}
