/**
 * The server of a soak: `server.ts FILE [LEAK]`. It unloads idle games soon and collects garbage every second, so that
 * what it still holds would stay forever; it appends the sizes to FILE.samples. LEAK plants a leak. OXO_HASTE is the
 * factor by which its clock runs faster.
 */
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync, renameSync } from 'node:fs'
import { createServer } from 'node:net'
import process from 'node:process'
import { writeHeapSnapshot } from 'node:v8'
import { type Clock, systemClock } from '../../src/base/index.ts'
import { openServer } from '../../src/server/open.ts'

const [file = '', leak] = process.argv.slice(2)
const unlimited = { rateLimit: 0, connectionsPerAddress: 0, pages: false } as const
const haste = Number(process.env['OXO_HASTE'] ?? 1)
const limits = { idleGameMs: leak === 'games' ? 3_600_000 * haste : 2_000 }
const clock: Clock = {
  now: () => systemClock.now() * haste,
  wall: () => systemClock.wall(),
  after: (ms, call) => systemClock.after(ms / haste, call),
}
const server = await openServer({ port: 0, journal: `sqlite:${file}`, ...unlimited, limits, clock })
const kept: unknown[] = []
if (leak === 'visits') subscribe('net.server.socket', () => kept.push({ cameAt: performance.now() }))

/** Appends one line with the current sizes. */
function sample(): void {
  globalThis.gc?.()
  const { rss, heapTotal, heapUsed } = process.memoryUsage()
  const handles = process.getActiveResourcesInfo().length
  appendFileSync(
    `${file}.samples`,
    `${JSON.stringify({ atMs: performance.now(), rss, heapTotal, heapUsed, handles })}\n`,
  )
}

setInterval(() => {
  if (leak === 'memory') kept.push(Array.from({ length: 40_000 }, (_, index) => `${kept.length} ${index}`))
  if (leak === 'buffers') kept.push(Buffer.alloc(16_000_000, kept.length + 1))
  if (leak === 'handles') kept.push(createServer().listen(0, '127.0.0.1'))
  sample()
}, 1_000)
sample()
/** SIGUSR2 writes a heap snapshot to FILE.heap. */
process.on('SIGUSR2', () => renameSync(writeHeapSnapshot(`${file}.part`), `${file}.heap`))
console.log(`listening on ${server.url}`)
