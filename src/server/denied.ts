/** Which file or folder the system does not let this process use, and what to do: in words that name both sides. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, resolve } from 'node:path'
import { nameFor, ownerOf } from './owner.ts'

interface Denial {
  readonly path: string
  /** A clause. */
  readonly why: string
  readonly kind: 'read-only' | 'no-folder' | 'owner' | 'mode'
}

const { R_OK, W_OK, X_OK } = constants

/** @returns a clause, or null: nothing that the system tells stands in the way. */
export function whyDenied(path: string, wish: 'read' | 'write'): string | null {
  return find(resolve(path), wish)?.why ?? null
}

/**
 * Why the files of a journal cannot be made or written to, as a sentence that says what to do. Null: they can, as far as
 * the system tells.
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
  return `The journal ${file} cannot be kept there: ${denial.why}. Either ${adviceOn(denial, { file, folder })}, or ${elsewhere}.`
}

function adviceOn(
  { kind, path }: Denial,
  { file, folder }: { readonly file: string; readonly folder: string },
): string {
  const user = userName()
  if (kind === 'read-only') return 'mount it so that it can be written to'
  if (kind === 'no-folder') return `move ${path} out of the way`
  if (kind === 'mode') return `run \`chmod u+rwX ${path}\``
  if (path === folder) return `let root run \`chown ${user} ${folder}\``
  return existsSync(folder)
    ? `let root run \`chown ${user} ${file}*\``
    : `let root run \`install -d -m 0700 -o ${user} ${folder}\``
}

/** The path itself where it is there, else what of it is. */
function find(path: string, wish: 'read' | 'write'): Denial | null {
  if (existsSync(path)) return deny(path, wish === 'write' ? R_OK | W_OK : R_OK)
  const folder = dirname(path)
  if (folder === path) return null
  if (!existsSync(folder)) return find(folder, wish)
  if (!statSync(folder).isDirectory()) return { path: folder, why: `${folder} is no folder`, kind: 'no-folder' }
  return deny(folder, wish === 'write' ? W_OK | X_OK : X_OK)
}

function deny(path: string, mode: number): Denial | null {
  try {
    accessSync(path, mode)
    return null
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    if (code === 'EROFS') return { path, why: `${path} is on a file system that is read-only`, kind: 'read-only' }
    if (code !== 'EACCES' && code !== 'EPERM') return null
    const what = (mode & W_OK) !== 0 ? 'write to it' : (mode & X_OK) !== 0 ? 'look into it' : 'read it'
    const owner = ownerOf(path)
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
    // A container's user need not have a name.
    return String(process.getuid?.() ?? 'this user')
  }
}
