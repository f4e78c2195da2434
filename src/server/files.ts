/** Errors of files that people name, as sentences. */
import { open } from 'node:fs/promises'
import { whyDenied } from './denied.ts'
import { sentenceOf, Stop } from './stop.ts'

/** The error code of the system, such as `ENOENT`; null if `cause` is not a system error. */
export function codeOf(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null
}

const sentences: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `There is no file ${file}.`,
  ENOTDIR: (file) => `There is no file ${file}: part of its path is not a folder.`,
  EISDIR: (file) => `${file} is a folder: name a file.`,
  EACCES: (file) => {
    const why = whyDenied(file, 'read') ?? whyDenied(file, 'write')
    return why === null
      ? `You have no permission to use ${file}: change its permissions, or name another file.`
      : sentenceOf(`the file ${file} cannot be used: ${why}`)
  },
  EROFS: (file) => `${file} is on a read-only file system: name a file on a writable one.`,
  ENOSPC: (file) => `There is no space left for ${file}: free some disk space.`,
}

/** @param cause the error of the system, or its code. */
export function stopOfFile(file: string, cause: unknown): Stop {
  const code = codeOf(cause) ?? String(cause)
  return new Stop('failed', sentences[code]?.(file) ?? `${file} cannot be used (${code}).`, { cause })
}

/** Makes the creation and renaming of files in the folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await using handle = await open(folder, 'r')
  await handle.sync()
}
