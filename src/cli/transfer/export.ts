/** `oxo export`: writes a journal as portable text, also while its server runs. */
import { createReadStream } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeNumber } from '../../base/index.ts'
import {
  ExportFault,
  ExportWriter,
  findResumption,
  isExportOf,
  type ExportMark,
  type ExportSink,
  type ExportSource,
  ExportTally,
} from '../../journal/portable/index.ts'
import type { JournalSettings } from '../../server/cluster-journal.ts'
import { errorCode, syncFolder } from '../../base/node/index.ts'
import { stopOfFile } from '../../server/files.ts'
import { settingsDefaults } from '../../server/settings.ts'
import { openSource } from '../../server/journal-place.ts'
import { ProgressLine, type TransferReport, reportTransfer } from './transfer.ts'
import { Stop } from '../../server/stop.ts'

export interface ExportOptions extends JournalSettings {
  readonly continue?: boolean
  readonly json?: boolean
}

/** @param file '-' means standard output. @throws Stop */
export function exportJournal(file: string, { json = false, ...options }: ExportOptions): Promise<void> {
  return reportTransfer({ json, isStdoutTaken: file === '-' }, async () => {
    if (file === '-' && options.continue === true)
      throw new Stop('usage', '--continue extends a file: name the file instead of standard output.')
    const source = await openSource({ ...settingsDefaults, ...options })
    const progress = new ProgressLine()
    const hear = ({ entries }: ExportMark): void => progress.show('exported', entries)
    try {
      if (file === '-')
        return reportOf(await new ExportWriter(stdout, new ExportTally(), hear).write(source, null), file)
      return await exportToFile(source, file, { hear, isContinued: options.continue === true })
    } finally {
      progress.close()
      await source.close()
    }
  })
}

const stdout: ExportSink = {
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
    }),
}

interface FileOptions {
  readonly hear: (mark: ExportMark) => void
  readonly isContinued: boolean
}

/** Writes a file that only its owner can read, like the journal. */
async function exportToFile(
  source: ExportSource,
  file: string,
  { hear, isContinued }: FileOptions,
): Promise<TransferReport> {
  const created = await create(file)
  if (created !== null)
    return writeTo(created, file, (sink) => new ExportWriter(sink, new ExportTally(), hear).write(source, null))
  if ((await stat(file)).isDirectory()) throw stopOfFile(file, 'EISDIR')
  if (!isContinued)
    throw new Stop('failed', `${file} already exists: choose another name, or add --continue to extend it.`)
  const handle = await open(file, 'a').catch((cause: unknown) => Promise.reject(stopOfFile(file, cause)))
  return writeTo(handle, file, async (sink) => {
    const resumption = await findResumption((end) => readFile(file, end))
    const { tally, bytes, position, isWhole } = resumption
    if (!(await isExportOf(source, resumption)))
      throw new ExportFault('other-journal', `${file} is an export of another journal: name another file`)
    if (isWhole && (await source.page(position ?? '')).length === 0) return tally.mark()
    await handle.truncate(bytes)
    return new ExportWriter(sink, tally, hear).write(source, position)
  })
}

/** Null if the file exists. */
async function create(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'wx', 0o600)
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return null
    const folder = dirname(file)
    if (errorCode(cause) === 'ENOENT')
      throw new Stop('failed', `There is no folder ${folder}: create it, or name another.`, { cause })
    throw stopOfFile(file, cause)
  }
}

/** Resolves when the file is durable. */
async function writeTo(
  handle: FileHandle,
  file: string,
  write: (sink: ExportSink) => Promise<ExportMark>,
): Promise<TransferReport> {
  try {
    const mark = await write({ write: (text) => handle.appendFile(text) })
    await handle.sync()
    syncFolder(dirname(file))
    return reportOf(mark, file)
  } finally {
    await handle.close()
  }
}

async function* readFile(file: string, end?: number): AsyncGenerator<Buffer> {
  if (end === 0) return
  yield* createReadStream(file, { highWaterMark: 1 << 20, ...(end === undefined ? {} : { end: end - 1 }) })
}

function reportOf({ entries, games, digest }: ExportMark, file: string): TransferReport {
  const place = file === '-' ? '' : ` to ${file}`
  return {
    sentence: `Exported ${makeNumber(entries)} entries of ${makeNumber(games)} games${place}.`,
    facts: { entries, games, digest },
  }
}
