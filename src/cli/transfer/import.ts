/** `oxo import`: brings an export into a journal of any engine. */
import { createReadStream, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { holdingClock } from '../../base/index.ts'
import { ExportReader, Import, type Stretch } from '../../journal/portable/index.ts'
import { type JournalSettings, withoutSecret } from '../../server/cluster-journal.ts'
import { stopOfFile } from '../../server/files.ts'
import { settingsDefaults } from '../../server/settings.ts'
import { openTarget } from '../../server/journal-place.ts'
import { makeNumber, ProgressLine, type Report, tell } from './transfer.ts'
import { Stop } from '../../server/stop.ts'

export interface ImportOptions extends JournalSettings {
  /** Verify the export and touch no journal. */
  readonly check?: boolean
  readonly json?: boolean
}

/** `file`: '-' is standard input. @throws Stop */
export function importJournal(file: string, { check = false, json = false, ...options }: ImportOptions): Promise<void> {
  return tell({ json }, async () => {
    // Before a journal is made for what is not there.
    if (file !== '-') await checkFile(file)
    const progress = new ProgressLine()
    try {
      return await (check ? checkExport(file, progress) : bringIn(file, { ...settingsDefaults, ...options }, progress))
    } finally {
      progress.close()
    }
  })
}

async function checkFile(file: string): Promise<void> {
  const found = await findOut(file)
  if (found.isDirectory()) throw stopOfFile(file, 'EISDIR')
  if (found.isFile()) return
  throw new Stop('failed', `${file} is no file; standard input is called -.`)
}

async function findOut(file: string): Promise<Stats> {
  try {
    await using handle = await open(file)
    return await handle.stat()
  } catch (cause) {
    throw stopOfFile(file, cause)
  }
}

function openInput(file: string): AsyncIterable<Uint8Array> {
  return file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 })
}

async function checkExport(file: string, progress: ProgressLine): Promise<Report> {
  const reader = new ExportReader()
  for await (const { mark } of reader.read(openInput(file))) progress.show('checked', mark.entries)
  const { entries, games, digest } = reader.tally.mark()
  const sentence = `The export is whole, every hash is right: ${makeNumber(entries)} entries of ${makeNumber(games)} games.`
  return { sentence, facts: { entries, games, digest } }
}

/** A file is checked whole before its first entry is imported; what flows in is checked as it comes. */
async function bringIn(file: string, settings: JournalSettings, progress: ProgressLine): Promise<Report> {
  const journal = await openTarget(settings)
  try {
    const work = await Import.begin(journal, holdingClock)
    const hear = (doing: string) => (stretch: Stretch) => progress.show(doing, stretch.mark.entries)
    if (file !== '-') await work.check(new ExportReader(), openInput(file), hear('checked'))
    const { entries, games, added } = await work.run(new ExportReader(), openInput(file), hear('imported'))
    const whole = `${makeNumber(entries)} entries of ${makeNumber(games)} games are in ${withoutSecret(settings.journal)}`
    return { sentence: `${whole}, ${makeNumber(added)} of them new.`, facts: { entries, games, added } }
  } finally {
    await journal.close()
  }
}
