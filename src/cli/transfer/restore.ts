/** `oxo restore`: turns a backup into a journal and keys for a new server. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { holdingClock, makeNumber } from '../../base/index.ts'
import { type Journal, JournalFault } from '../../journal/index.ts'
import { ExportReader, Import, type Imported, type Stretch } from '../../journal/portable/index.ts'
import { lockJournal, openSqliteJournal, realPath } from '../../journal/sqlite/index.ts'
import { type Backup, openBackup, readExport, verifyBackup } from './backup-file.ts'
import { isClusterJournal, type JournalSettings, withoutSecret } from '../../server/cluster-journal.ts'
import { syncFolder } from '../../base/node/index.ts'
import { fileOf, openTarget } from '../../server/journal-place.ts'
import { ProgressLine, type TransferReport, reportTransfer } from './transfer.ts'
import { findOwner, giveTo, nameFor, type FileOwner } from '../../server/owner.ts'
import { readSecrets, splitSecrets, writeSecrets } from '../../server/token-keys.ts'
import { settingsDefaults } from '../../server/settings.ts'
import { Stop } from '../../server/stop.ts'

export interface RestoreOptions extends JournalSettings {
  /** Only verify the backup; change nothing. */
  readonly check?: boolean
  /** The file for the keys. */
  readonly keys?: string
  readonly json?: boolean
}

const fullAdvice = 'There is no space for the games; nothing was restored. Free some space and run the command again.'

type Hear = (doing: string) => (stretch: Stretch) => void

/** @param place a backup, or a folder that holds exactly one. @throws Stop */
export function restore(
  place: string,
  { check = false, keys, json = false, ...options }: RestoreOptions,
): Promise<void> {
  return reportTransfer({ json, fullAdvice }, async () => {
    const backup = await openBackup(findBackup(place))
    const settings = { ...settingsDefaults, ...options }
    const progress = new ProgressLine()
    const hear: Hear = (doing) => (stretch) => progress.show(doing, stretch.mark.entries)
    try {
      if (check) return await checkBackup(backup, hear)
      return await (isClusterJournal(settings.journal)
        ? restoreToCluster(backup, { settings, keysFile: keys }, hear)
        : restoreToFile(backup, { settings, keysFile: keys }, hear))
    } finally {
      progress.close()
    }
  })
}

function findBackup(place: string): string {
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return place
  const found = readdirSync(place).filter((name) => name.endsWith('.backup'))
  const [only] = found
  if (only === undefined) throw new Stop('failed', `There is no backup in ${place}: \`oxo backup\` writes one.`)
  if (found.length === 1) return join(place, only)
  throw new Stop('usage', `There are ${found.length} backups in ${place}: name one of ${found.toSorted().join(', ')}.`)
}

async function checkBackup(backup: Backup, hear: Hear): Promise<TransferReport> {
  const { keys, at, journal } = backup.head
  const { entries, games, digest } = (await verifyBackup(backup, hear('checked'))).tally.mark()
  const what = `${makeNumber(entries)} entries of ${makeNumber(games)} games and ${countKeys(backup)}`
  return {
    sentence: `The backup is whole, every hash is right: ${what}.`,
    facts: { journal, at, entries, games, keys: keys.length, digest },
  }
}

interface Target {
  readonly settings: JournalSettings
  readonly keysFile: string | undefined
}

/** Restores all or nothing: the journal gets its final name only when all games and the keys are written. */
async function restoreToFile(backup: Backup, { settings, keysFile }: Target, hear: Hear): Promise<TransferReport> {
  const file = realPath(fileOf(settings))
  const { head } = backup
  const secrets = { file: resolve(keysFile ?? join(dirname(file), 'secret')), keys: head.keys }
  refuseUsed(file, secrets)
  const owner = findOwner(dirname(file), head.owner)
  await verifyBackup(backup, hear('checked'))
  const made = foldersToMake(dirname(file))
  // From here on no server can create this journal.
  const lock = lockJournal(file)
  const draft = `${file}.restoring`
  const isKept = readSecrets(secrets.file) !== null
  try {
    refuseUsed(file, secrets)
    remove(draft)
    const imported = await fill(await openSqliteJournal({ file: draft }), backup, hear)
    if (head.keys.length > 0 && !isKept) writeSecrets(secrets.file, head.keys)
    giveTo(owner, [...made, draft, secrets.file, `${file}.lock`])
    if (owner !== null && isOwn(file, readdirSync(dirname(file)))) giveTo(owner, [dirname(file)])
    renameSync(draft, file)
    syncFolder(dirname(file))
    return reportOf(backup, imported, { place: file, owner, secrets: head.keys.length > 0 ? secrets.file : null })
  } catch (cause) {
    if (!isKept) rmSync(secrets.file, { force: true })
    throw cause instanceof JournalFault ? stopOfWriting(file, cause) : cause
  } finally {
    lock.close()
    remove(draft)
  }
}

function stopOfWriting(file: string, cause: JournalFault): Stop {
  if (cause.fault === 'storage-full') return new Stop('failed', fullAdvice, { cause })
  const advice = 'nothing was restored; check the disk, then run the command again'
  return new Stop('failed', `The games could not be written to ${file} (${cause.message}): ${advice}.`, { cause })
}

async function fill(journal: Journal, backup: Backup, hear: Hear): Promise<Imported> {
  try {
    const work = await Import.begin(journal, holdingClock)
    return await work.run(new ExportReader(), readExport(backup), hear('restored'))
  } finally {
    await journal.close()
  }
}

/** Restores only the games into the cluster: its nodes get their keys from OXO_SECRET. */
async function restoreToCluster(backup: Backup, { settings, keysFile }: Target, hear: Hear): Promise<TransferReport> {
  const { keys } = backup.head
  const given = process.env['OXO_SECRET'] ?? ''
  const isKnown = given !== '' && keys.every((key) => splitSecrets(given).includes(key))
  if (keys.length > 0 && !isKnown && keysFile === undefined) {
    const advice =
      "name a file for the backup's keys with --keys FILE, and give its content to every node as OXO_SECRET"
    throw new Stop(
      'usage',
      `OXO_SECRET does not contain the keys of the backup, so its guests would lose their accounts: ${advice}.`,
    )
  }
  const kept = keysFile === undefined ? null : readSecrets(keysFile)
  if (kept !== null && kept.join() !== keys.join())
    throw new Stop('failed', `${keysFile} holds other keys than the backup: name another file for the keys.`)
  await verifyBackup(backup, hear('checked'))
  const journal = await openTarget(settings)
  const place = withoutSecret(settings.journal)
  try {
    const work = await Import.begin(journal, holdingClock)
    const reader = new ExportReader()
    await work.check(reader, readExport(backup), hear('checked'))
    const stranger = work.findOther(reader.tally.heads)
    if (stranger !== null) {
      const advice = 'stop its nodes and restore to another name, nats://HOST:PORT,…/NAME'
      throw new Stop(
        'failed',
        `${place} is in use: it has game ${stranger}, which the backup does not have; ${advice}.`,
      )
    }
    const secrets = keysFile !== undefined && keys.length > 0 ? resolve(keysFile) : null
    // Write the keys before the games: if that fails, nothing is restored.
    if (secrets !== null && kept === null) writeSecrets(secrets, keys)
    const imported = await work.run(new ExportReader(), readExport(backup), hear('restored'))
    return reportOf(backup, imported, { place, owner: null, secrets })
  } finally {
    await journal.close()
  }
}

interface Secrets {
  readonly file: string
  readonly keys: readonly string[]
}

/** Refuses a place that already has a journal or other keys. @throws Stop */
function refuseUsed(file: string, { file: secret, keys }: Secrets): void {
  const used = ['', '-wal', '-shm', '-journal', '.catalog']
    .map((end) => `${file}${end}`)
    .find((path) => existsSync(path))
  const advice = 'stop its server and move its files away, or restore to another folder'
  if (used !== undefined) throw new Stop('failed', `${dirname(file)} is in use: it has ${used}; ${advice}.`)
  const others = readSecrets(secret)
  if (others === null || others.join() === keys.join()) return
  throw new Stop('failed', `${dirname(secret)} is in use: ${secret} holds other keys than the backup; ${advice}.`)
}

/** The missing folders, topmost first. */
function foldersToMake(folder: string): readonly string[] {
  return existsSync(folder) ? [] : [...foldersToMake(dirname(folder)), folder]
}

/** Whether the folder contains only the journal and its keys. */
function isOwn(file: string, names: readonly string[]): boolean {
  return names.every((name) => name === 'secret' || name.startsWith(basename(file)))
}

function remove(draft: string): void {
  for (const end of ['', '-wal', '-shm', '-journal', '.lock', '.lock-journal'])
    rmSync(`${draft}${end}`, { force: true })
}

interface Done {
  readonly place: string
  readonly owner: FileOwner | null
  /** The file of the keys; null if none were written. */
  readonly secrets: string | null
}

function reportOf(backup: Backup, { entries, games }: Imported, { place, owner, secrets }: Done): TransferReport {
  const whole = `Restored ${makeNumber(entries)} entries of ${makeNumber(games)} games to ${place}`
  const keys = secrets === null ? '' : ` and ${countKeys(backup)} to ${secrets}`
  const whose = owner === null ? '' : `; they belong to ${nameFor(owner)}`
  return {
    sentence: `${whole}${keys}${whose}.`,
    facts: { entries, games, keys: backup.head.keys.length, place, owner: owner === null ? null : nameFor(owner) },
  }
}

function countKeys({ head: { keys } }: Backup): string {
  return keys.length === 1 ? '1 key' : `${keys.length} keys`
}
