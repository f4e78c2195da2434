/** Opens the journal that `--journal` names, for the commands that move one. */
import { resolve } from 'node:path'
import { type Journal, JournalFault } from '../journal/index.ts'
import { makeSource, openSqliteSource, type Source } from '../journal/portable/index.ts'
import { openSqliteJournal } from '../journal/sqlite/index.ts'
import { isClusterJournal, type JournalSettings, openClusterJournal } from './cluster-journal.ts'
import { sentenceOf, Stop } from './stop.ts'

/** To read, beside a server of it; one that is not there is not made. @throws Stop */
export function openSource(settings: JournalSettings): Promise<Source> {
  return stopping(async () => {
    if (isClusterJournal(settings.journal)) return makeSource(await openClusterJournal(settings, false))
    return openSqliteSource(fileOf(settings))
  })
}

/** To append; a file as the only one. @throws Stop */
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
