/** Signals that stop a server or make it reload its certificate. */
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { systemClock } from '../base/index.ts'
import { exitCodes } from '../server/stop.ts'

export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGHUP'

/**
 * How long after SIGHUP to check again whether the terminal has closed, in ms: it may close a moment after the signal.
 */
const goingMs = 1_000

/**
 * Resolves with null at the first signal to stop; a second one exits at once. SIGHUP stops a process whose terminal has
 * closed; otherwise it calls `renew`, or stops too if there is none. Signals that the shell set to be ignored (`nohup`,
 * `trap ''`, `&` in a script) do not stop the process, as far as this is detectable: Node resets inherited
 * dispositions.
 */
export function listenForSignals(renew?: () => void): Promise<null> {
  const { promise, resolve } = Promise.withResolvers<null>()
  let isAsked = false
  const end = (): void => {
    if (isAsked) process.exit(exitCodes.failed)
    isAsked = true
    resolve(null)
  }
  const ignored = findIgnored(process.ppid)
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (!ignored.has(signal)) end()
    })
  const hasTerminalGone = ignored.has('SIGHUP') ? () => false : watchTerminal()
  process.on('SIGHUP', () => {
    if (renew === undefined || hasTerminalGone()) return end()
    renew()
    systemClock.after(goingMs, () => {
      if (!isAsked && hasTerminalGone()) end()
    })
  })
  return promise
}

/**
 * Makes `nohup` work for commands without signal handlers. Node resets the ignored SIGHUP; so a process that has a
 * session
 * terminal, but none on its standard streams, is assumed to run under `nohup`.
 */
export function outliveTerminal(): void {
  const isApart =
    process.platform !== 'win32' && ![1, 2].some((descriptor) => isatty(descriptor)) && hasSessionTerminal()
  if (isApart || findIgnored(process.ppid).has('SIGHUP')) process.on('SIGHUP', () => {})
}

function hasSessionTerminal(): boolean {
  if (process.platform === 'linux' && isatty(0)) return false
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

/**
 * Returns a check whether one of the terminals that this process was started with has closed. Under `nohup` there are
 * none.
 */
function watchTerminal(): () => boolean {
  // On Windows, SIGHUP means that the console window is being closed.
  if (process.platform === 'win32') return () => true
  // Only on Linux does `nohup` also detach standard input.
  const terminals = (process.platform === 'linux' ? [0, 1, 2] : [1, 2]).filter((descriptor) => isatty(descriptor))
  return () => terminals.some((descriptor) => !isatty(descriptor))
}

const shell = /^(?:ba|da|k|mk|z|a|pdk)?sh$|^busybox$/

/**
 * The signals that the parent shell ignores, which this process inherited, read from /proc on Linux; empty elsewhere.
 */
function findIgnored(parent: number): ReadonlySet<Signal> {
  try {
    const [, name = '', rest = ''] = /\((.*)\) (.*)/.exec(readFileSync(`/proc/${parent}/stat`, 'utf8')) ?? []
    // A parent that is a Node launcher of this program has reset them too: look at its parent.
    if (isLauncher(parent)) return findIgnored(Number(rest.split(' ')[1]))
    if (!shell.test(name)) return new Set()
    const [, mask = '0'] = /^SigIgn:\s*([\da-f]+)$/m.exec(readFileSync(`/proc/${parent}/status`, 'utf8')) ?? []
    const ignored = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).filter((signal) => isIn(mask, signal))
    // An interactive shell ignores signals only for itself; it gives each job its own process group.
    if (groupOf('self') !== groupOf(parent)) return new Set(ignored.filter((signal) => signal === 'SIGHUP'))
    return new Set(isInBackground(parent) ? [...ignored, 'SIGINT'] : ignored)
  } catch {
    return new Set()
  }
}

function isLauncher(pid: number): boolean {
  const [, program] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  return program !== undefined && program === process.argv[1]
}

function isIn(mask: string, signal: Signal): boolean {
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n
}

function groupOf(process: number | 'self'): string | undefined {
  return /\(.*\) \S+ \S+ (\d+)/.exec(readFileSync(`/proc/${process}/stat`, 'utf8'))?.[1]
}

/** A script redirects the standard input of a background job to /dev/null and makes the job ignore SIGINT. */
function isInBackground(parent: number): boolean {
  const inputOf = (process: number | 'self'): string => readlinkSync(`/proc/${process}/fd/0`)
  return inputOf('self') === '/dev/null' && inputOf(parent) !== '/dev/null'
}
