/** Explains a permission error: which file or folder this process may not use, whose it is, and what to do. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, resolve } from 'node:path'
import { errorCode } from '../base/node/index.ts'
import { nameFor, fileOwnerOf } from './owner.ts'

interface Denial {
  readonly path: string
  /** The reason, as a clause. */
  readonly why: string
  readonly kind: 'read-only' | 'no-folder' | 'owner' | 'mode'
}

const { R_OK, W_OK, X_OK } = constants

/** @returns the reason as a clause; null if the permissions that the system reports allow the access. */
export function whyDenied(path: string, wish: 'read' | 'write'): string | null {
  return find(resolve(path), wish)?.why ?? null
}

/**
 * Why the files of a journal cannot be created or written, as a sentence that says what to do. Null if the permissions
 * that the system reports allow it.
 */
export function whyNotPlace(name: string): string | null {
  const file = resolve(name)
  const folder = dirname(file)
  const files = ['', '.catalog', '.lock'].flatMap((kind) =>
    ['', '-wal', '-shm', '-journal'].map((end) => `${file}${kind}${end}`),
  )
  const denial = [...files.filter((path) => existsSync(path)), `${file}.new`]
    .map((path) => find(path, 'write'))
    .find((found) => found !== null)
  if (denial === undefined || denial === null) return null
  const elsewhere = 'name another place with --journal sqlite:FILE (OXO_JOURNAL; in a container, on a volume)'
  return `The journal ${file} cannot be written: ${denial.why}. Either ${adviceOn(denial, { file, folder })}, or ${elsewhere}.`
}

function adviceOn(
  { kind, path }: Denial,
  { file, folder }: { readonly file: string; readonly folder: string },
): string {
  const user = userName()
  if (kind === 'read-only') return 'mount it writable'
  if (kind === 'no-folder') return `move ${path} out of the way`
  if (kind === 'mode') return `run \`chmod u+rwX ${path}\``
  if (path === folder) return `let root run \`chown ${user} ${folder}\``
  return existsSync(folder)
    ? `let root run \`chown ${user} ${file}*\``
    : `let root run \`install -d -m 0700 -o ${user} ${folder}\``
}

/** Checks the path itself if it exists, else its nearest existing ancestor. */
function find(path: string, wish: 'read' | 'write'): Denial | null {
  if (existsSync(path)) return deny(path, wish === 'write' ? R_OK | W_OK : R_OK)
  const folder = dirname(path)
  if (folder === path) return null
  if (!existsSync(folder)) return find(folder, wish)
  if (!statSync(folder).isDirectory()) return { path: folder, why: `${folder} is not a folder`, kind: 'no-folder' }
  return deny(folder, wish === 'write' ? W_OK | X_OK : X_OK)
}

function deny(path: string, mode: number): Denial | null {
  try {
    accessSync(path, mode)
    return null
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'EROFS') return { path, why: `${path} is on a read-only file system`, kind: 'read-only' }
    if (code !== 'EACCES' && code !== 'EPERM') return null
    const what = (mode & W_OK) !== 0 ? 'write to it' : (mode & X_OK) !== 0 ? 'enter it' : 'read it'
    const owner = fileOwnerOf(path)
    const isOwn = owner !== null && owner.uid === process.getuid?.()
    const bits = (statSync(path).mode & 0o777).toString(8).padStart(4, '0')
    const whose = owner === null ? '' : `belongs to ${nameFor(owner)} with mode ${bits}, and `
    return { path, why: `${path} ${whose}${userName()} may not ${what}`, kind: isOwn ? 'mode' : 'owner' }
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // The user of a container may have no name.
    return String(process.getuid?.() ?? 'this user')
  }
}
