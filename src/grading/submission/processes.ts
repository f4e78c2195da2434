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

/** For each variable: its value in the environment of each process that was seen, null if it has none. */
const valuesSeen = new Map<string, ReadonlyMap<number, string | null>>()

/**
 * The processes that began with the variable `name=value` in their environment: a submission and all that it starts. Each
 * environment is read once: reading those of all processes again and again takes longer than all else here. An id that was
 * not in the list before is another process.
 */
export function listMarked(name: string, value: string): readonly number[] {
  const before = valuesSeen.get(name)
  const now = new Map<number, string | null>()
  for (const entry of list('/proc')) {
    const pid = Number(entry)
    if (Number.isNaN(pid)) continue
    const seen = before?.get(pid)
    const found = seen === undefined ? readVariable(pid, name) : seen
    if (found !== undefined) now.set(pid, found)
  }
  valuesSeen.set(name, now)
  return [...now].filter(([pid, seen]) => seen === value && statOf(pid).state !== 'Z').map(([pid]) => pid)
}

/** Undefined if nothing can be said yet: a process that is about to run another program has no environment for a moment. */
function readVariable(pid: number, name: string): string | null | undefined {
  const environment = read(`/proc/${pid}/environ`)
  if (environment === '') return undefined
  const line = environment.split('\0').find((each) => each.startsWith(`${name}=`))
  return line === undefined ? null : line.slice(name.length + 1)
}

/** Kills the processes with the variable, except one. Returns how many there were: more may have begun meanwhile. */
export function killMarked(name: string, value: string, except: number): number {
  const pids = listMarked(name, value).filter((pid) => pid !== except)
  for (const pid of pids) sendSignal(pid, 'SIGKILL')
  return pids.length
}

/** A negative `target` is a group. Does nothing if it has ended. */
export function sendSignal(target: number, signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(target, signal)
  } catch {
    // It has ended meanwhile.
  }
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

/**
 * The TCP sockets on which the processes accept connections. The table of all sockets is read only if one of the processes has a
 * socket: where many connections were closed a short time ago, it is long.
 */
export function listListeners(pids: readonly number[]): readonly ListeningSocket[] {
  const owned = pids.flatMap((pid) => listInodes(pid).map((inode) => ({ inode, pid })))
  if (owned.length === 0) return []
  const sockets = new Map(readSockets().map(({ inode, ...socket }) => [inode, socket]))
  return owned.flatMap(({ inode, pid }) => {
    const socket = sockets.get(inode)
    return socket === undefined ? [] : [{ ...socket, pid }]
  })
}

/** The inodes of a process's sockets. */
const listInodes = (pid: number): readonly string[] =>
  list(`/proc/${pid}/fd`).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? [])

/** All TCP sockets of this network on which connections are accepted. */
function readSockets(): readonly (Omit<ListeningSocket, 'pid'> & { readonly inode: string })[] {
  return ['tcp', 'tcp6'].flatMap((table) =>
    [...read(`/proc/net/${table}`).matchAll(/^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A(?: +\S+){5} +(\d+)/gm)].map(
      ([, address = '', port = '0', inode = '']) => ({
        host: hostOf(address),
        port: Number.parseInt(port, 16),
        inode,
      }),
    ),
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
