/** Loaded into a server by `--import`: collects garbage and reports the memory in use, on request. */
import type { Worker } from 'node:worker_threads'

/** The worker threads that have not ended. */
const threads = new Set<Worker>()
process.on('worker', (thread) => {
  threads.add(thread)
  thread.on('exit', () => threads.delete(thread))
})

process.on('message', () => {
  for (let times = 0; times < 3; times++) globalThis.gc?.()
  void answer()
})
process.channel?.unref()

async function answer(): Promise<void> {
  const { heapTotal, heapUsed, external } = process.memoryUsage()
  let held = heapUsed + external
  for (const thread of threads) {
    // Null: the thread has ended in the meantime.
    const kept = await thread.getHeapStatistics().catch(() => null)
    if (kept !== null) held += kept.used_heap_size + kept.external_memory
  }
  process.send?.({ held, free: heapTotal - heapUsed })
}
