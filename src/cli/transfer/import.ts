/** `oxo import`: loads an export into a journal of any kind. */
import { createReadStream, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { holdingClock, makeNumber } from '../../base/index.ts'
import { ExportReader, Import, type Stretch } from '../../journal/portable/index.ts'
import { type JournalSettings, withoutSecret } from '../../server/cluster-journal.ts'
import { stopOfFile } from '../../server/files.ts'
import { settingsDefaults } from '../../server/settings.ts'
import { openTarget } from '../../server/journal-place.ts'
import { ProgressLine, type TransferReport, reportTransfer } from './transfer.ts'
import { Stop } from '../../server/stop.ts'

export interface ImportOptions extends JournalSettings {
  /** Only verify the export; open no journal. */
  readonly check?: boolean
  readonly json?: boolean
}

/** @param file '-' means standard input. @throws Stop */
export function importJournal(file: string, { check = false, json = false, ...options }: ImportOptions): Promise<void> {
  return reportTransfer({ json }, async () => {
    // Check this first, so that a missing file does not create a journal.
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
  throw new Stop('failed', `${file} is not a regular file: use - for standard input.`)
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

async function checkExport(file: string, progress: ProgressLine): Promise<TransferReport> {
  const reader = new ExportReader()
  for await (const { mark } of reader.read(openInput(file))) progress.show('checked', mark.entries)
  const { entries, games, digest } = reader.tally.mark()
  const sentence = `The export is whole, every hash is right: ${makeNumber(entries)} entries of ${makeNumber(games)} games.`
  return { sentence, facts: { entries, games, digest } }
}

/** Verifies a whole file before importing its first entry; standard input is verified while it is imported. */
async function bringIn(file: string, settings: JournalSettings, progress: ProgressLine): Promise<TransferReport> {
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
