/** The keys that sign tokens: a file in the data folder, made once, or `OXO_SECRET`. */
import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { TokenKey } from '../service/sessions/jwt-tokens.ts'
import { codeOf, stopOfFile } from './files.ts'
import { Stop } from './stop.ts'

const secretBytes = 32

export function makeSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** Signs for as long as the process lives. */
export function makeTokenKey(): TokenKey {
  return keyOf(makeSecret())
}

/** Reads secrets separated by commas: the first signs, all verify. @throws Stop */
export function parseSecrets(text: string): readonly TokenKey[] {
  return splitSecrets(text).map(keyOf)
}

/** Each secret once. @throws Stop */
export function splitSecrets(text: string): readonly string[] {
  const secrets = split(text)
  if (secrets.some(isShort))
    throw new Stop(
      'usage',
      `OXO_SECRET: a secret has at least ${secretBytes} characters; several go with commas between.`,
    )
  return secrets
}

/** The keys in `file`, as {@link parseSecrets} has them; one is made, for its owner only, if it is not there. @throws Stop */
export function openTokenKeys(file: string): readonly TokenKey[] {
  const found = readSecrets(file)
  if (found !== null) return found.map(keyOf)
  const secret = makeSecret()
  writeSecrets(file, [secret])
  return [keyOf(secret)]
}

/**
 * Where the keys are, unless the environment has them: beside the journal's `file`; or beside a link to it, its `name`, where
 * an older Oxo made them and every guest has a token of theirs.
 */
export function placeOfKeys(file: string, name: string): string {
  const [beside, besideLink] = [join(dirname(file), 'secret'), join(dirname(name), 'secret')]
  return !existsSync(beside) && existsSync(besideLink) ? besideLink : beside
}

/** What others of this machine may do with the keys; null: nothing, as it should be. */
export function whyOpen(file: string): string | null {
  const { mode } = statSync(file)
  if (process.platform === 'win32' || (mode & 0o077) === 0) return null
  return `${file} can be used by others on this machine, who can then be any player: chmod 600 it`
}

/** Null: there is no such file. @throws Stop */
export function readSecrets(file: string): readonly string[] | null {
  let secrets: readonly string[]
  try {
    secrets = split(readFileSync(file, 'utf8'))
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null
    throw stopOfFile(file, cause)
  }
  if (!secrets.some(isShort)) return secrets
  throw new Stop(
    'failed',
    `The token key ${file} is damaged: restore it from a backup, or delete it to make every guest a new one.`,
  )
}

/** Whole or not at all, whenever the power is cut: a token that was given out must be good tomorrow. @throws Stop */
export function writeSecrets(file: string, secrets: readonly string[]): void {
  const draft = `${file}.new`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const descriptor = openSync(draft, 'w', 0o600)
    writeSync(descriptor, `${secrets.join(',')}\n`)
    fsyncSync(descriptor)
    closeSync(descriptor)
    renameSync(draft, file)
    syncFolder(dirname(file))
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

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** A secret's name is a hash of it, so that no two secrets have the same. */
function keyOf(secret: string): TokenKey {
  const id = createHash('sha256').update(`oxo token key ${secret}`).digest('base64url').slice(0, 8)
  return { id, secret: new TextEncoder().encode(secret) }
}
