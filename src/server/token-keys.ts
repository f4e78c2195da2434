/** The keys that sign tokens: from a file in the data folder, created once, or from `OXO_SECRET`. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode, makeFolder, replaceFile } from '../base/node/index.ts'
import type { TokenKey } from '../service/sessions/jwt-tokens.ts'
import { stopOfFile } from './files.ts'
import { Stop } from './stop.ts'

const secretBytes = 32

export function makeSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** A random key that lives as long as the process. */
export function makeTokenKey(): TokenKey {
  return keyOf(makeSecret())
}

/** Reads secrets separated by commas: the first one signs, all verify. @throws Stop */
export function parseSecrets(text: string): readonly TokenKey[] {
  return splitSecrets(text).map(keyOf)
}

/** The secrets without duplicates. @throws Stop */
export function splitSecrets(text: string): readonly string[] {
  const secrets = split(text)
  if (secrets.some(isShort))
    throw new Stop(
      'usage',
      `OXO_SECRET is too short: a secret needs at least ${secretBytes} characters; separate several secrets with commas.`,
    )
  return secrets
}

/** The keys in `file`, in the order of {@link parseSecrets}. Creates the file with one key, readable only by its owner, if it does not exist. @throws Stop */
export function openTokenKeys(file: string): readonly TokenKey[] {
  const found = readSecrets(file)
  if (found !== null) return found.map(keyOf)
  const secret = makeSecret()
  writeSecrets(file, [secret])
  return [keyOf(secret)]
}

/**
 * The path of the key file: next to the journal's real `file`. An older Oxo created it next to the link `name` to the
 * journal; such a file is still used, because the tokens of all guests depend on it.
 */
export function placeOfKeys(file: string, name: string): string {
  const [beside, besideLink] = [join(dirname(file), 'secret'), join(dirname(name), 'secret')]
  return !existsSync(beside) && existsSync(besideLink) ? besideLink : beside
}

/** A warning if other users of this machine can read or write the keys; null if they cannot. */
export function whyOpen(file: string): string | null {
  const { mode } = statSync(file)
  if (process.platform === 'win32' || (mode & 0o077) === 0) return null
  return `${file} can be used by others on this machine, who can then be any player: chmod 600 it`
}

/** Null if the file does not exist. @throws Stop */
export function readSecrets(file: string): readonly string[] | null {
  let secrets: readonly string[]
  try {
    secrets = split(readFileSync(file, 'utf8'))
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return null
    throw stopOfFile(file, cause)
  }
  if (!secrets.some(isShort)) return secrets
  throw new Stop(
    'failed',
    `The token key ${file} is damaged: restore it from a backup, or delete it; then every guest becomes a new one.`,
  )
}

/** Writes the file atomically, also across a power failure: an issued token must stay valid. @throws Stop */
export function writeSecrets(file: string, secrets: readonly string[]): void {
  try {
    makeFolder(dirname(file))
    replaceFile(file, `${secrets.join(',')}\n`)
  } catch (cause) {
    throw stopOfFile(file, cause)
  }
}

function split(text: string): readonly string[] {
  return [...new Set(text.split(',').map((part) => part.trim()))]
}

function isShort(secret: string): boolean {
  return Buffer.byteLength(secret) < secretBytes
}

/** The id of a key is a hash of its secret, so that different secrets have different ids. */
function keyOf(secret: string): TokenKey {
  const id = createHash('sha256').update(`oxo token key ${secret}`).digest('base64url').slice(0, 8)
  return { id, secret: new TextEncoder().encode(secret) }
}
