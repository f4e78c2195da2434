/** Errors of files that people name, as sentences. */
import { errorCode } from '../base/node/index.ts'
import { whyDenied } from './denied.ts'
import { sentenceOf, Stop } from './stop.ts'

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
  const code = errorCode(cause) ?? String(cause)
  return new Stop('failed', sentences[code]?.(file) ?? `${file} cannot be used (${code}).`, { cause })
}
