/** Whose files are: kept in a backup, and given back where root restores it. */
import { chownSync, existsSync, readFileSync, statSync } from 'node:fs'
import { Stop } from './stop.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
  /** Names are what another machine knows them by; null: they had none. */
  readonly user: string | null
  readonly group: string | null
}

/** Null: the system does not say. */
export function ownerOf(path: string): Owner | null {
  if (process.platform === 'win32') return null
  const { uid, gid } = statSync(path)
  return { uid, gid, user: nameOf('/etc/passwd', uid), group: nameOf('/etc/group', gid) }
}

/**
 * Whose what is restored into `folder` is to be, for nobody but root can choose: the folder's owner, or where that is root
 * or there is none, whoever had the games before. Null: whoever runs this.
 * @throws Stop when this machine does not know them.
 */
export function findOwner(folder: string, before: Owner | null): Owner | null {
  if (process.getuid?.() !== 0) return null
  const now = existsSync(folder) ? ownerOf(folder) : null
  if (now !== null && now.uid !== 0) return now
  if (before === null || before.uid === 0) return null
  if (before.user === null) return before
  const uid = idOf('/etc/passwd', before.user)
  const gid = before.group === null ? before.gid : idOf('/etc/group', before.group)
  if (uid !== null && gid !== null) return { ...before, uid, gid }
  const advice = `make them, or make ${folder} first, for whoever runs the server`
  throw new Stop('failed', `The games belonged to ${nameFor(before)}, whom this machine does not know: ${advice}.`)
}

export function giveTo(owner: Owner | null, paths: readonly string[]): void {
  if (owner !== null) for (const path of paths) if (existsSync(path)) chownSync(path, owner.uid, owner.gid)
}

/** For people. */
export function nameFor({ uid, gid, user, group }: Owner): string {
  return `${user ?? uid}:${group ?? gid}`
}

/** Files of lines such as `oxo:x:998:`. Users that a directory service knows have their number alone. */
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
