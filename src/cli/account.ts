/** Who this terminal is on a server: a token kept for its owner, one for each terminal that plays at the same time. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface Account {
  /** Null until the server has given one. */
  readonly token: string | null
  readonly keep: (token: string) => void
  /** Puts the token aside as FILE.token.old: the server will not have it. */
  readonly forget: () => void
  /** Lets another terminal be this account. Idempotent. */
  readonly close: () => void
}

export interface AccountOptions {
  /** Where tokens are kept; by default as the XDG base directory specification says. */
  readonly folder?: string
  /** The name that was asked for: each has accounts of its own. */
  readonly name?: string | undefined
}

/** Terminals of one person on one server at the same time. */
const terminalsMax = 64

/**
 * The first account on `server` that no running terminal is: so a terminal that is started again is who it was, and
 * two terminals next to each other can play each other.
 */
export function openAccount(server: string, options: AccountOptions = {}): Account {
  const { folder = defaultFolder(), name = '' } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const key = `${new URL(server).host} ${name}`
    .trim()
    .replaceAll(/[^\w.-]/g, (sign) => `%${sign.codePointAt(0)?.toString(16)}`)
  for (let terminal = 1; terminal <= terminalsMax; terminal++) {
    const file = join(folder, terminal === 1 ? key : `${key}+${terminal}`)
    if (take(`${file}.pid`)) return new FileAccount(`${file}.token`, `${file}.pid`)
  }
  return { token: null, keep() {}, forget() {}, close() {} }
}

function defaultFolder(): string {
  const base = process.env['XDG_CONFIG_HOME'] ?? ''
  return join(base === '' ? join(homedir(), '.config') : base, 'oxo')
}

class FileAccount implements Account {
  readonly token: string | null
  readonly #file: string
  readonly #pidFile: string

  constructor(file: string, pidFile: string) {
    this.#file = file
    this.#pidFile = pidFile
    this.token = read(file)
  }

  readonly keep = (token: string): void => {
    const draft = `${this.#file}.new`
    writeFileSync(draft, `${token}\n`, { mode: 0o600 })
    renameSync(draft, this.#file)
  }

  readonly forget = (): void => {
    if (this.token !== null) renameSync(this.#file, `${this.#file}.old`)
  }

  readonly close = (): void => {
    if (read(this.#pidFile) === String(process.pid)) rmSync(this.#pidFile, { force: true })
  }
}

/** Whether this process may have what the file stands for: it names the process that has it. */
function take(pidFile: string): boolean {
  const owner = read(pidFile)
  if (owner !== null && isRunning(Number(owner))) return false
  if (owner !== null) rmSync(pidFile, { force: true })
  try {
    writeFileSync(pidFile, `${process.pid}\n`, { flag: 'wx', mode: 0o600 })
    return true
  } catch {
    // Another terminal was faster.
    return false
  }
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM'
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}
