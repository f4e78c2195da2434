/** Who this terminal is on a server: a token kept for its owner, one for each terminal that plays at the same time. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createFile } from '../journal/sqlite/files.ts'
import { isBusy } from '../journal/sqlite/sqlite-fault.ts'
import { codeOf } from '../server/files.ts'

export interface TokenFile {
  /** Null until the server has given one. */
  readonly token: string | null
  readonly keep: (token: string) => void
  /** Puts the token aside as FILE.token.old: the server will not have it. */
  readonly forget: () => void
  /** Lets another terminal be this account. Idempotent. */
  readonly close: () => void
}

export interface TokenFileOptions {
  /** Where tokens are kept; by default as the XDG base directory specification says. */
  readonly folder?: string
  /** The name that was asked for: each has accounts of its own. */
  readonly name?: string | undefined
  /** For a command that plays nothing: the first account as it is, also where another terminal plays as it; none is kept. */
  readonly isLooking?: boolean | undefined
}

/** Terminals of one person on one server at the same time. */
const terminalsMax = 64

/**
 * The first account on `server` that no running terminal is: so a terminal that is started again is who it was, and
 * two terminals next to each other can play each other.
 */
export function openTokenFile(server: string, options: TokenFileOptions = {}): TokenFile {
  const { folder = defaultFolder(), name = '', isLooking = false } = options
  if (folder === null) return openStranger('anywhere (HOME names no folder)')
  try {
    return openIn(folder, server, name, isLooking)
  } catch (cause) {
    return openStranger(`in ${folder} (${codeOf(cause)})`)
  }
}

function openStranger(where: string): TokenFile {
  console.error(`Accounts cannot be kept ${where}: you are somebody new, each time.`)
  return stranger
}

const stranger: TokenFile = { token: null, keep() {}, forget() {}, close() {} }

function openIn(folder: string, server: string, name: string, isLooking: boolean): TokenFile {
  const { hostname, host } = new URL(server)
  const keyOf = (place: string): string =>
    `${place} ${name}`.trim().replaceAll(/[^\w.-]/g, (sign) => `%${sign.codePointAt(0)?.toString(16)}`)
  // By whichever of its names: this machine is one server.
  const isOwn = ownNames.includes(hostname)
  const key = keyOf(isOwn ? host.replace(hostname, 'localhost') : host)
  if (isOwn && hostname !== 'localhost') adopt(join(folder, keyOf(host)), join(folder, key))
  if (isLooking) return new FileAccount(join(folder, key), null)
  for (let terminal = 1; terminal <= terminalsMax; terminal++) {
    const file = join(folder, terminal === 1 ? key : `${key}+${terminal}`)
    const lock = take(`${file}.lock`)
    if (lock === null) continue
    if (terminal > 1) console.error('Another terminal of yours is this account: in this one you are somebody else.')
    return new FileAccount(file, lock)
  }
  return stranger
}

const ownNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Older versions kept an account for each name of this machine. */
function adopt(old: string, now: string): void {
  if (existsSync(`${old}.token`) && !existsSync(`${now}.token`)) renameSync(`${old}.token`, `${now}.token`)
}

/** Null: there is no home. */
function defaultFolder(): string | null {
  const base = process.env['XDG_CONFIG_HOME'] ?? ''
  const folder = join(isAbsolute(base) ? base : join(findHome(), '.config'), 'oxo')
  return isAbsolute(folder) ? folder : null
}

function findHome(): string {
  try {
    return homedir()
  } catch {
    // Neither the environment nor the system knows one.
    return ''
  }
}

/** Locks of this process: one that nothing refers to is collected, and let go by that. */
const held = new Set<DatabaseSync>()

class FileAccount implements TokenFile {
  readonly token: string | null
  readonly #name: string
  readonly #file: string
  readonly #lock: DatabaseSync | null

  /** `name`: of both files, without their extensions. Without a lock it is read only. */
  constructor(name: string, lock: DatabaseSync | null) {
    this.#name = name
    this.#file = `${name}.token`
    this.#lock = lock
    this.token = read(this.#file)
    if (lock !== null) held.add(lock)
  }

  readonly keep = (token: string): void => {
    if (this.#lock === null) return
    const draft = `${this.#file}.new`
    try {
      writeFileSync(draft, `${token}\n`, { mode: 0o600 })
      renameSync(draft, this.#file)
    } catch (cause) {
      console.error(`Your account cannot be kept in ${this.#file} (${codeOf(cause)}): next time you are somebody new.`)
    }
  }

  readonly forget = (): void => {
    if (this.token !== null) renameSync(this.#file, `${this.#file}.old`)
  }

  readonly close = (): void => {
    if (this.#lock === null || !held.delete(this.#lock)) return
    // Nobody is anybody at a server that never answered: its name was mistyped. The lock is still held.
    if (!existsSync(this.#file)) rmSync(`${this.#name}.lock`, { force: true })
    this.#lock.close()
  }
}

/** The lock, which the system lets go when this process ends, however it ends; null: another terminal has it. */
function take(file: string): DatabaseSync | null {
  createFile(file)
  const lock = new DatabaseSync(file)
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    if (isBusy(cause)) return null
    throw cause
  }
}

/** Null: there is none. What is there and cannot be read must not be written over. */
function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null
    throw cause
  }
}
