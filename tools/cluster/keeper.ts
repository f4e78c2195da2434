/**
 * Stays behind the launcher of the cluster: when that is gone, however it went, it kills what is left and clears the
 * folder. It is told `+PID` and `-PID`, a line each, and lives as long as its standard input.
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
    // It was gone already.
  }
if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
