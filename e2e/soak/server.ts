/**
 * The server of a soak: `server.ts FILE [LEAK]`. It forgets idle games soon and collects garbage each second, so that
 * what it holds then is what it would hold for ever; it writes that to FILE.samples. LEAK plants one. OXO_HASTE is how
 * many times as fast its clock goes.
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

/** One line: what is held now. */
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
/** When it is asked: all that is held, object by object, in FILE.heap. */
process.on('SIGUSR2', () => renameSync(writeHeapSnapshot(`${file}.part`), `${file}.heap`))
console.log(`listening on ${server.url}`)
