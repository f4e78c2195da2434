/** The account of this terminal on a server: a stored token, one for each terminal that plays at the same time. */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { errorCode, type FileLock, lockFile, replaceFile } from '../base/node/index.ts'

export interface TokenFile {
  /** Null if no token is stored yet. */
  readonly token: string | null
  readonly keep: (token: string) => void
  /** Renames the token file to FILE.token.old, because the server refused the token. */
  readonly forget: () => void
  /** Unlocks the account, so that another terminal may use it. Idempotent. */
  readonly close: () => void
}

export interface TokenFileOptions {
  /** The folder of the tokens; the default follows the XDG base directory specification. */
  readonly folder?: string
  /** The name from `--name`: each name has its own accounts. */
  readonly name?: string | undefined
  /**
   * For commands that do not play: opens the first account read-only, even if another terminal uses it; stores no
   * token.
   */
  readonly isLooking?: boolean | undefined
}

/** How many terminals of one person may play on one server at the same time. */
const terminalsMax = 64

/**
 * Opens the first account on `server` that no running terminal uses. A restarted terminal thus gets its old account
 * back, and
 * two terminals side by side can play each other.
 */
export function openTokenFile(server: string, options: TokenFileOptions = {}): TokenFile {
  const { folder = defaultFolder(), name = '', isLooking = false } = options
  if (folder === null) return openStranger('anywhere (HOME names no folder)')
  try {
    return openIn(folder, server, name, isLooking)
  } catch (cause) {
    return openStranger(`in ${folder} (${errorCode(cause)})`)
  }
}

function openStranger(where: string): TokenFile {
  console.error(`Accounts cannot be stored ${where}: you get a new one each time.`)
  return stranger
}

const stranger: TokenFile = { token: null, keep() {}, forget() {}, close() {} }

function openIn(folder: string, server: string, name: string, isLooking: boolean): TokenFile {
  const { hostname, host } = new URL(server)
  const keyOf = (place: string): string =>
    `${place} ${name}`.trim().replaceAll(/[^\w.-]/g, (sign) => `%${sign.codePointAt(0)?.toString(16)}`)
  // All names of this machine mean the same server.
  const isOwn = ownNames.includes(hostname)
  const key = keyOf(isOwn ? host.replace(hostname, 'localhost') : host)
  if (isOwn && hostname !== 'localhost') adopt(join(folder, keyOf(host)), join(folder, key))
  if (isLooking) return new FileAccount(join(folder, key), null)
  for (let terminal = 1; terminal <= terminalsMax; terminal++) {
    const file = join(folder, terminal === 1 ? key : `${key}+${terminal}`)
    const lock = lockFile(`${file}.lock`)
    if (lock === null) continue
    if (terminal > 1) console.error('Another of your terminals uses this account: this one gets another account.')
    return new FileAccount(file, lock)
  }
  return stranger
}

const ownNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Renames a token file of an older version, which had one account per name of this machine. */
function adopt(old: string, now: string): void {
  if (existsSync(`${old}.token`) && !existsSync(`${now}.token`)) renameSync(`${old}.token`, `${now}.token`)
}

/** Null if there is no home folder. */
function defaultFolder(): string | null {
  const base = process.env['XDG_CONFIG_HOME'] ?? ''
  const folder = join(isAbsolute(base) ? base : join(findHome(), '.config'), 'oxo')
  return isAbsolute(folder) ? folder : null
}

function findHome(): string {
  try {
    return homedir()
  } catch {
    // Neither the environment nor the system names a home folder.
    return ''
  }
}

class FileAccount implements TokenFile {
  readonly token: string | null
  readonly #name: string
  readonly #file: string
  #lock: FileLock | null

  /** @param name the path of both files without their extensions. @param lock null for read-only use. */
  constructor(name: string, lock: FileLock | null) {
    this.#name = name
    this.#file = `${name}.token`
    this.#lock = lock
    this.token = read(this.#file)
  }

  readonly keep = (token: string): void => {
    if (this.#lock === null) return
    try {
      replaceFile(this.#file, `${token}\n`)
    } catch (cause) {
      console.error(
        `Your account cannot be stored in ${this.#file} (${errorCode(cause)}): next time you get a new one.`,
      )
    }
  }

  readonly forget = (): void => {
    if (this.token !== null) renameSync(this.#file, `${this.#file}.old`)
  }

  readonly close = (): void => {
    if (this.#lock === null) return
    // No token was stored: the server never answered, perhaps its name was mistyped. Remove the lock file while it is
    // locked.
    if (!existsSync(this.#file)) rmSync(`${this.#name}.lock`, { force: true })
    this.#lock.close()
    this.#lock = null
  }
}

/** Null if there is no file. Throws if the file cannot be read, so that it is never overwritten. */
function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return null
    throw cause
  }
}
