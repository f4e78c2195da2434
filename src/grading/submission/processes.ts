/** What Linux says about processes: children, threads, sockets, processor time, memory. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // The process has ended meanwhile.
    return ''
  }
}
const list = (path: string): readonly string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** Whether this system has what the functions of this file read. */
export const hasProc = process.platform === 'linux' && list('/proc/self/task').length > 0

/** The processes whose environment has the variable `name=value`: a submission and all that it starts. */
export function listMarked(name: string, value: string): readonly number[] {
  const mark = `${name}=${value}`
  return list('/proc')
    .filter((entry) => /^\d+$/.test(entry) && read(`/proc/${entry}/environ`).split('\0').includes(mark))
    .map(Number)
    .filter((pid) => statOf(pid).state !== 'Z')
}

interface Stat {
  readonly state: string
  /** Processor time in ms. */
  readonly cpuMs: number
}

function statOf(pid: number): Stat {
  const text = read(`/proc/${pid}/stat`)
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  const ticksPerMs = 0.1
  return {
    state: fields[0] ?? 'Z',
    cpuMs: (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerMs,
  }
}

export const cpuMsOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + statOf(pid).cpuMs, 0)

/** The name of the program that a process runs. */
export const programName = (pid: number): string => basename(linkOf(`/proc/${pid}/exe`))

/** Whether a process runs a program in Go, whose runtime has threads of its own. */
export function isGoProgram(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/exe`).includes('Go buildinf:')
  } catch {
    return false
  }
}

/** The names of a process's threads, the first one included. */
export const threadNames = (pid: number): readonly string[] =>
  list(`/proc/${pid}/task`).map((thread) => read(`/proc/${pid}/task/${thread}/comm`).trim())

/** Resident memory in MiB. */
export const memoryMib = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024, 0)

export interface ListeningSocket {
  readonly host: string
  readonly port: number
  readonly pid: number
}

/** The TCP sockets on which the processes accept connections. */
export function listListeners(pids: readonly number[]): readonly ListeningSocket[] {
  const inodes = new Map<string, Omit<ListeningSocket, 'pid'>>()
  for (const table of ['tcp', 'tcp6'])
    for (const line of read(`/proc/net/${table}`).split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
      if (state !== '0A') continue
      const [address = '', port = '0'] = local.split(':')
      inodes.set(inode, { host: hostOf(address), port: Number.parseInt(port, 16) })
    }
  return pids.flatMap((pid) =>
    list(`/proc/${pid}/fd`).flatMap((fd) => {
      const listener = inodes.get(/^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? '')
      return listener === undefined ? [] : [{ ...listener, pid }]
    }),
  )
}

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** The address to connect to for an address of `/proc/net/tcp`: the loopback address if it is any. */
function hostOf(hex: string): string {
  if (hex.length === 8) {
    const bytes =
      hex
        .match(/../g)
        ?.map((byte) => Number.parseInt(byte, 16))
        .toReversed() ?? []
    return bytes.every((byte) => byte === 0) ? '127.0.0.1' : bytes.join('.')
  }
  if (/^0{32}$/.test(hex)) return '127.0.0.1'
  const mapped = /^0{16}(?:0000FFFF|FFFF0000)([0-9A-F]{8})$/.exec(hex)
  return mapped?.[1] === undefined ? '::1' : hostOf(mapped[1])
}
