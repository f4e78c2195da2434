/** The keys that sign tokens: a file in the data folder, made once, or `OXO_SECRET`. */
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { TokenKey } from '../service/jwt-tokens.ts'
import { codeOf, stopOfFile } from './files.ts'
import { Stop } from './stop.ts'

const secretBytes = 32

/** Signs for as long as the process lives. */
export function makeTokenKey(): TokenKey {
  return keyOf(randomBytes(secretBytes).toString('base64url'))
}

/** Reads secrets separated by commas: the first signs, all verify. @throws Stop */
export function parseSecrets(text: string): readonly TokenKey[] {
  const secrets = text.split(',').map((part) => part.trim())
  if (secrets.some((secret) => Buffer.byteLength(secret) < secretBytes))
    throw new Stop(
      'usage',
      `OXO_SECRET: a secret has at least ${secretBytes} characters; several go with commas between.`,
    )
  return [...new Set(secrets)].map(keyOf)
}

/** The key in `file`, which is made, for its owner only, if it is not there. @throws Stop */
export function openTokenKey(file: string): TokenKey {
  const secret = readSecret(file) ?? createSecret(file)
  if (Buffer.byteLength(secret) >= secretBytes) return keyOf(secret)
  throw new Stop(
    'failed',
    `The token key ${file} is damaged: restore it from a backup, or delete it to make every guest a new one.`,
  )
}

function readSecret(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null
    throw stopOfFile(file, cause)
  }
}

/** Whole or not at all, whenever the power is cut: a token that was given out must be good tomorrow. */
function createSecret(file: string): string {
  const secret = randomBytes(secretBytes).toString('base64url')
  const draft = `${file}.new`
  try {
    const descriptor = openSync(draft, 'w', 0o600)
    writeSync(descriptor, `${secret}\n`)
    fsyncSync(descriptor)
    closeSync(descriptor)
    renameSync(draft, file)
    syncFolder(dirname(file))
  } catch (cause) {
    throw stopOfFile(file, cause)
  }
  return secret
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
