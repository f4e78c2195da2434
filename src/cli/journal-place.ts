/** Opens the journal that `--journal` names, for the commands that move one. */
import { resolve } from 'node:path'
import { type Journal, JournalFault } from '../journal/index.ts'
import { openSqliteSource, type Source } from '../journal/portable/index.ts'
import { openSqliteJournal } from '../journal/sqlite/index.ts'
import { sentenceOf, Stop } from './stop.ts'

/** To read, beside whoever serves it. @throws Stop */
export function openSource(where: string): Promise<Source> {
  return open(where, async (file) => openSqliteSource(file))
}

/** To append, as the only one. @throws Stop */
export function openTarget(where: string): Promise<Journal> {
  return open(where, (file) => openSqliteJournal({ file }))
}

async function open<Opened>(where: string, openFile: (file: string) => Promise<Opened>): Promise<Opened> {
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(where)?.[1]
  if (file === undefined) throw new Stop('usage', `--journal ${where}: name a file as sqlite:FILE.`)
  try {
    return await openFile(resolve(file))
  } catch (cause) {
    if (cause instanceof JournalFault) throw new Stop('failed', sentenceOf(cause.message), { cause })
    throw cause
  }
}
