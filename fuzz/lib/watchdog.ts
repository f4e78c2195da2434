/** Ends this process if one input blocks its main thread forever, which the main thread itself could not report. */
import { writeSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** Far longer than any input takes, even on a busy machine. */
const timeoutMs = 20_000
const checkEveryMs = 500

export interface Watchdog {
  /** Reports that the main thread is now at this input. */
  see(index: number): void
}

/** Starts the watchdog. After a timeout it prints a line that names the input, and kills the process. */
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
    else if (performance.now() - since > timeoutMs) {
      writeSync(1, `${name}: found at input ${index}: it hangs for more than ${timeoutMs} ms\n`)
      process.kill(pid, 'SIGKILL')
    }
  }, checkEveryMs)
}
