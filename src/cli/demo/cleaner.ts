/**
 * Cleans up after the launcher of the cluster: when the launcher ends, even by SIGKILL, this process kills the remaining
 * processes and deletes the folder. Its standard input has lines `+PID` and `-PID` for each start and end; the end of the
 * input means that the launcher has ended.
 */
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [folder = ''] = process.argv.slice(2)
const pids = new Set<number>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
for await (const line of createInterface(process.stdin)) {
  const pid = Number(line.slice(1))
  if (line.startsWith('+')) pids.add(pid)
  else pids.delete(pid)
}
for (const pid of pids)
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It had already ended.
  }
if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
