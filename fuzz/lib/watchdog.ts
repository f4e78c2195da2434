/** Ends this process when one input holds its thread for ever: nobody on that thread could say so. */
import { writeSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** Far longer than any input takes, whatever else the machine does. */
const patienceMs = 20_000
const lookEveryMs = 500

export interface Watchdog {
  /** The thread is at this input now. */
  see(index: number): void
}

/** The exit status is that of a finding; the line names the input. */
export function startWatchdog(name: string): Watchdog {
  const seen = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL(import.meta.url), { workerData: { name, seen, pid: process.pid } })
  worker.unref()
  return { see: (index) => void Atomics.store(seen, 0, index) }
}

if (!isMainThread && parentPort !== null) watch(workerData as { name: string; seen: Int32Array; pid: number })

function watch({ name, seen, pid }: { name: string; seen: Int32Array; pid: number }): void {
  let last = -1
  let since = performance.now()
  setInterval(() => {
    const index = Atomics.load(seen, 0)
    if (index !== last) [last, since] = [index, performance.now()]
    else if (performance.now() - since > patienceMs) {
      writeSync(1, `${name}: found at input ${index}: it hangs for more than ${patienceMs} ms\n`)
      process.kill(pid, 'SIGKILL')
    }
  }, lookEveryMs)
}
