/** CPU time of a process, read from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  /** All threads, in microseconds. */
  readonly totalMicros: number
  /** The main thread's, which runs the event loop. */
  readonly loopMicros: number
}

export function readUsage(pid: number): Usage {
  let totalMicros = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) totalMicros += readThread(pid, thread)
  return { totalMicros, loopMicros: readThread(pid, `${pid}`) }
}

/** CPU time in microseconds. `schedstat` starts with the nanoseconds on a CPU, which is finer than the ticks of `stat`. */
function readThread(pid: number, thread: string): number {
  const [onCpu = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
  return Number(onCpu) / 1_000
}

/** Resident memory in bytes. */
export function readResident(pid: number): number {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return Number(pages) * 4_096
}
