/** Loaded into a server by `--import`: answers what memory it needs, garbage collected first. */
import type { Worker } from 'node:worker_threads'

const threads: Worker[] = []
process.on('worker', (thread) => threads.push(thread))

process.on('message', () => {
  for (let times = 0; times < 3; times++) globalThis.gc?.()
  void answer()
})
process.channel?.unref()

async function answer(): Promise<void> {
  const { heapTotal, heapUsed, external } = process.memoryUsage()
  let held = heapUsed + external
  for (const thread of threads) {
    const { used_heap_size: used, external_memory: outside } = await thread.getHeapStatistics()
    held += used + outside
  }
  process.send?.({ held, free: heapTotal - heapUsed })
}
