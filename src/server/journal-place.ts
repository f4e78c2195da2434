/** Opens the journal that `--journal` names, for the commands that export, import, back up and restore it. */
import { resolve } from 'node:path'
import { type Journal, JournalFault } from '../journal/index.ts'
import { makeSource, openSqliteSource, type ExportSource } from '../journal/portable/index.ts'
import { openSqliteJournal } from '../journal/sqlite/index.ts'
import { isClusterJournal, type JournalSettings, openClusterJournal } from './cluster-journal.ts'
import { sentenceOf, Stop } from './stop.ts'

/** Opens a journal for reading, also while a server uses it. Does not create one. @throws Stop */
export function openSource(settings: JournalSettings): Promise<ExportSource> {
  return stopping(async () => {
    if (isClusterJournal(settings.journal)) return makeSource(await openClusterJournal(settings, false))
    return openSqliteSource(fileOf(settings))
  })
}

/** Opens a journal for appending. A file must not be in use by another process. @throws Stop */
export function openTarget(settings: JournalSettings): Promise<Journal> {
  return stopping<Journal>(() => {
    if (isClusterJournal(settings.journal)) return openClusterJournal(settings)
    return openSqliteJournal({ file: fileOf(settings) })
  })
}

/** @throws Stop */
export function fileOf({ journal }: JournalSettings): string {
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(journal)?.[1]
  if (file === undefined)
    throw new Stop('usage', `--journal ${journal}: name a file as sqlite:FILE, or servers as nats://HOST:PORT.`)
  return resolve(file)
}

export async function stopping<Opened>(run: () => Promise<Opened>): Promise<Opened> {
  try {
    return await run()
  } catch (cause) {
    if (cause instanceof JournalFault) throw new Stop('failed', sentenceOf(cause.message), { cause })
    throw cause
  }
}
