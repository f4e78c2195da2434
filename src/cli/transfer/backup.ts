/** `oxo backup`: saves games and keys in one file, also while the server runs. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { makeNumber, systemClock } from '../../base/index.ts'
import {
  ExportFault,
  ExportWriter,
  findResumption,
  isExportOf,
  type ExportMark,
  type Progress,
} from '../../journal/portable/index.ts'
import { type Resumption, type ExportSource, ExportTally } from '../../journal/portable/index.ts'
import { realPath } from '../../journal/sqlite/index.ts'
import { type Backup, type BackupHead, makeHeadLine, openBackup, readExport, verifyBackup } from './backup-file.ts'
import { isClusterJournal, type JournalSettings } from '../../server/cluster-journal.ts'
import { errorCode, syncFolder } from '../../base/node/index.ts'
import { stopOfFile } from '../../server/files.ts'
import { fileOf, openSource } from '../../server/journal-place.ts'
import { ProgressLine, type TransferReport, reportTransfer } from './transfer.ts'
import { fileOwnerOf } from '../../server/owner.ts'
import { placeOfKeys, readSecrets, splitSecrets } from '../../server/token-keys.ts'
import { settingsDefaults } from '../../server/settings.ts'
import { Stop } from '../../server/stop.ts'

export interface BackupOptions extends JournalSettings {
  /** False: without the keys of the tokens. */
  readonly keys?: boolean
  readonly json?: boolean
}

/** @param place a file, or a folder with one file per journal. @throws Stop */
export function backup(place: string, { keys = true, json = false, ...options }: BackupOptions): Promise<void> {
  const fullAdvice =
    'There is no space for the backup; the previous one is unchanged. Free some space and run the command again.'
  return reportTransfer({ json, fullAdvice }, async () => {
    const settings = { ...settingsDefaults, ...options }
    const source = await openSource(settings)
    const progress = new ProgressLine()
    try {
      const { journal } = settings
      const owner = isClusterJournal(journal) ? null : fileOwnerOf(fileOf(settings))
      const secrets = keys ? findSecrets(settings) : []
      const head = { journal: source.id, at: systemClock.wall(), keys: secrets, owner }
      const file = findFile(place, source.id)
      return await save({ source, head, file, hear: ({ entries }) => progress.show('saved', entries) })
    } finally {
      progress.close()
      await source.close()
    }
  })
}

/** Finds the token keys in the same places as the server. @throws Stop */
function findSecrets(settings: JournalSettings): readonly string[] {
  const given = process.env['OXO_SECRET'] ?? ''
  if (given !== '') return splitSecrets(given)
  const advice =
    'set OXO_SECRET as the server has it; or use --no-keys, but then all guests lose their accounts after a restore'
  if (isClusterJournal(settings.journal)) throw new Stop('usage', `The nodes have their keys in OXO_SECRET: ${advice}.`)
  const name = fileOf(settings)
  const file = placeOfKeys(realPath(name), name)
  const found = readSecrets(file)
  if (found === null) throw new Stop('failed', `There are no keys in ${file}: ${advice}.`)
  return found
}

function findFile(place: string, journal: string | null): string {
  const isFolder = place.endsWith('/') || statSync(place, { throwIfNoEntry: false })?.isDirectory() === true
  if (!isFolder) return resolve(place)
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw stopOfFile(place, cause)
  }
  return resolve(place, `oxo-${journal ?? 'journal'}.backup`)
}

interface Saving {
  readonly source: ExportSource
  readonly head: BackupHead
  readonly file: string
  readonly hear: Progress
}

/**
 * Writes a new file next to the old backup and replaces it after verification, so a whole backup exists at all times.
 */
async function save(saving: Saving): Promise<TransferReport> {
  const { head, file } = saving
  const before = existsSync(file) ? await findBefore(saving) : null
  removeDrafts(file)
  const draft = `${file}.${process.pid}.new`
  try {
    const handle = await create(draft)
    let mark: ExportMark
    try {
      mark = await write(handle, saving, before)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await verifyBackup(await openBackup(draft))
    await rename(draft, file)
    syncFolder(dirname(file))
    return reportOf(saving, mark, head.keys.length)
  } catch (cause) {
    rmSync(draft, { force: true })
    throw cause
  }
}

/** The part of an earlier backup that is kept. */
interface Before extends Resumption {
  readonly backup: Backup
}

/** @throws ExportFault if the file is not a whole backup of this journal; the file stays unchanged. */
async function findBefore({ source, head, file }: Saving): Promise<Before> {
  const found = await openBackup(file)
  const resumption = await findResumption((end) => readExport(found, end))
  const isSame = head.journal === null || found.head.journal === null || head.journal === found.head.journal
  if (isSame && (await isExportOf(source, resumption))) return { ...resumption, backup: found }
  const why = 'is a backup of another history: the journal was replaced or restored since'
  throw new ExportFault('other-journal', `${file} ${why}: keep it, and choose another file`)
}

async function write(handle: FileHandle, { source, head, hear }: Saving, before: Before | null): Promise<ExportMark> {
  await handle.appendFile(makeHeadLine(head))
  const sink = { write: (text: string) => handle.appendFile(text) }
  if (before === null) return new ExportWriter(sink, new ExportTally(), hear).write(source, null)
  const { backup: old, bytes, tally, position, isWhole } = before
  const isNothingNew = isWhole && (await source.page(position ?? '')).length === 0
  for await (const chunk of readExport(old, isNothingNew ? undefined : bytes)) await handle.appendFile(chunk)
  return isNothingNew ? tally.mark() : new ExportWriter(sink, tally, hear).write(source, position)
}

/** Creates a file that only its owner can read, because it holds keys. */
async function create(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx', 0o600)
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT')
      throw new Stop('failed', `There is no folder ${dirname(file)}: create it, or name another.`, { cause })
    throw stopOfFile(dirname(file), cause)
  }
}

/** Removes the files of killed backups. */
function removeDrafts(file: string): void {
  const folder = dirname(file)
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const [, pid] = name.startsWith(`${basename(file)}.`) ? (/\.(\d+)\.new$/.exec(name) ?? []) : []
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    return errorCode(cause) === 'EPERM'
  }
}

function reportOf({ file, head }: Saving, { entries, games, digest }: ExportMark, keys: number): TransferReport {
  const whole = `${makeNumber(entries)} entries of ${makeNumber(games)} games`
  return {
    sentence: `Saved ${whole} and ${keys === 1 ? '1 key' : `${keys} keys`} to ${file}.`,
    facts: { file, journal: head.journal, entries, games, keys, digest },
  }
}
