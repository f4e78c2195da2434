/** The owner of files: stored in a backup, and set again if root restores it. */
import { chownSync, existsSync, readFileSync, statSync } from 'node:fs'
import { Stop } from './stop.ts'

export interface FileOwner {
  readonly uid: number
  readonly gid: number
  /** Names identify the owner on another machine; null if the id had no name. */
  readonly user: string | null
  readonly group: string | null
}

/** Null if the system has no owners. */
export function fileOwnerOf(path: string): FileOwner | null {
  if (process.platform === 'win32') return null
  const { uid, gid } = statSync(path)
  return { uid, gid, user: nameOf('/etc/passwd', uid), group: nameOf('/etc/group', gid) }
}

/**
 * The owner to set on files restored into `folder`: the owner of the folder; if that is root or the folder does not exist,
 * the owner in the backup. Null: leave the files to the current user, because only root can change owners.
 * @throws Stop if this machine does not know the owner in the backup.
 */
export function findOwner(folder: string, before: FileOwner | null): FileOwner | null {
  if (process.getuid?.() !== 0) return null
  const now = existsSync(folder) ? fileOwnerOf(folder) : null
  if (now !== null && now.uid !== 0) return now
  if (before === null || before.uid === 0) return null
  if (before.user === null) return before
  const uid = idOf('/etc/passwd', before.user)
  const gid = before.group === null ? before.gid : idOf('/etc/group', before.group)
  if (uid !== null && gid !== null) return { ...before, uid, gid }
  const advice = `create them, or create ${folder} first with the user of the server as its owner`
  throw new Stop('failed', `The games belonged to ${nameFor(before)}, unknown on this machine: ${advice}.`)
}

export function giveTo(owner: FileOwner | null, paths: readonly string[]): void {
  if (owner !== null) for (const path of paths) if (existsSync(path)) chownSync(path, owner.uid, owner.gid)
}

/** `user:group` as text for people. */
export function nameFor({ uid, gid, user, group }: FileOwner): string {
  return `${user ?? uid}:${group ?? gid}`
}

/** Reads files of lines such as `oxo:x:998:`. Null for users of a directory service, which are not in them. */
function nameOf(file: string, id: number): string | null {
  return linesOf(file).find(([, , number]) => number === String(id))?.[0] ?? null
}

function idOf(file: string, name: string): number | null {
  const number = linesOf(file).find(([known]) => known === name)?.[2]
  return number === undefined ? null : Number(number)
}

function linesOf(file: string): readonly (readonly string[])[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
  } catch {
    return []
  }
}
