/** What signals ask of a server: to end, or to read its certificate again. */
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { systemClock } from '../../base/index.ts'
import { exitCodes } from '../../server/stop.ts'

export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGHUP'

/** A terminal that goes may be gone only a moment after it said so, in ms. */
const goingMs = 1_000

/**
 * Null once the process is asked to end; asked again it ends at once. SIGHUP ends a process whose terminal has gone, and
 * no other: that one reads its certificate again. What its shell ignored for it (`nohup`, `trap ''`, `&` in a script) ends
 * nothing, as far as this can be known: Node itself forgets what a process was started to ignore.
 */
export function listenForSignals(renew: () => void): Promise<null> {
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
    if (hasTerminalGone()) return end()
    renew()
    systemClock.after(goingMs, () => {
      if (!isAsked && hasTerminalGone()) end()
    })
  })
  return promise
}

/**
 * For commands that know no signal: `nohup` lets them outlive their terminal. Node has forgotten that it did, but a process
 * that was started at a terminal and has none of it left was told not to need it.
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

/** Whether one of the terminals that this process was started at has gone. `nohup` leaves none. */
function watchTerminal(): () => boolean {
  // There SIGHUP is the window of the program, and it is being closed.
  if (process.platform === 'win32') return () => true
  // Only on Linux does `nohup` take the input from the terminal as well.
  const terminals = (process.platform === 'linux' ? [0, 1, 2] : [1, 2]).filter((descriptor) => isatty(descriptor))
  return () => terminals.some((descriptor) => !isatty(descriptor))
}

const shell = /^(?:ba|da|k|mk|z|a|pdk)?sh$|^busybox$/

/** What the shell that started this process let it ignore, as Linux tells of the shell. */
function findIgnored(parent: number): ReadonlySet<Signal> {
  try {
    const [, name = '', rest = ''] = /\((.*)\) (.*)/.exec(readFileSync(`/proc/${parent}/stat`, 'utf8')) ?? []
    // What hands over to another Node has forgotten it as well.
    if (isLauncher(parent)) return findIgnored(Number(rest.split(' ')[1]))
    if (!shell.test(name)) return new Set()
    const [, mask = '0'] = /^SigIgn:\s*([\da-f]+)$/m.exec(readFileSync(`/proc/${parent}/status`, 'utf8')) ?? []
    const ignored = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).filter((signal) => isIn(mask, signal))
    // A shell with a person before it ignores for itself alone; it gives each job a group of its own.
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

/** Of a job in the background a script takes the input away, and has it ignore Ctrl-C. */
function isInBackground(parent: number): boolean {
  const inputOf = (process: number | 'self'): string => readlinkSync(`/proc/${process}/fd/0`)
  return inputOf('self') === '/dev/null' && inputOf(parent) !== '/dev/null'
}
