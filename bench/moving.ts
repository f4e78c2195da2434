/**
 * `node bench/moving.ts [EVENTS]` measures moving a journal: it builds one, exports it, and imports it into another SQLite
 * journal and into three NATS servers. The printed CPU time is that of the oxo process alone.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposableSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NatsCluster } from '../e2e/lib/nats-cluster.ts'
import { openMillionEvents } from './lib/journal-file.ts'

const events = Number(process.argv[2] ?? 1_000_000)
const main = join(import.meta.dirname, '../src/cli/main.ts')
/** Preloaded into oxo: writes its resource usage to descriptor 3 when it exits. */
const meter = `import { writeSync } from 'node:fs'
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  writeSync(3, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, mib: maxRSS / 1024 }))
})`
const meterUrl = `data:text/javascript,${encodeURIComponent(meter)}`

async function measure(what: string, ...args: readonly string[]): Promise<void> {
  const began = performance.now()
  const child = spawn(process.execPath, ['--import', meterUrl, main, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  let used = ''
  child.stdio[3]?.on('data', (bytes: Buffer) => (used += bytes.toString()))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`oxo ${args.join(' ')} ended with ${code}`)
  const { cpuMs, mib } = JSON.parse(used) as { readonly cpuMs: number; readonly mib: number }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const each = ((cpuMs * 1000) / events).toFixed(1)
  console.log(
    `| ${what.padEnd(34)} | ${seconds.padStart(5)} s | ${each.padStart(5)} µs | ${mib.toFixed(0).padStart(4)} MiB |`,
  )
}

const sizeOf = (file: string): string => (statSync(file).size / events).toFixed(0)

/** Resident memory and stored bytes, as the server's monitoring reports them. */
async function readServer(monitor: string): Promise<{ readonly mem: number; readonly stored: number }> {
  const [{ mem }, { bytes }] = (await Promise.all(
    ['varz', 'jsz'].map(async (page) => (await fetch(`${monitor}/${page}`)).json()),
  )) as [{ readonly mem: number }, { readonly bytes: number }]
  return { mem, stored: bytes }
}

using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-moving-'))
const path = (name: string): string => join(folder.path, name)
const file = await openMillionEvents(folder.path, events)
const [journal, copy, out] = [`sqlite:${file}`, `sqlite:${path('copy.sqlite')}`, path('out.ndjson')]
console.log(`${events} entries\n\n| what | took | CPU an entry | memory |\n| --- | --- | --- | --- |`)
await measure('export from SQLite', 'export', out, '--journal', journal)
await measure('the same again, nothing new', 'export', out, '--journal', journal, '--continue')
await measure('verify the export', 'import', '--check', out)
await measure('import into SQLite', 'import', out, '--journal', copy)
await measure('the same again, nothing new', 'import', out, '--journal', copy)
await using nats = await NatsCluster.start({ servers: 3 })
await measure('import into three NATS servers', 'import', out, '--journal', nats.url)
await measure('export from three NATS servers', 'export', path('back.ndjson'), '--journal', nats.url)
const entriesOf = (name: string): number => readFileSync(name).filter((byte) => byte === 10).length
if (entriesOf(path('back.ndjson')) < events) throw new Error('entries were lost')
const { mem, stored } = await readServer(nats.monitors[0] ?? '')
console.log(`\nBytes an entry: SQLite ${sizeOf(file)}, NATS ${(stored / events).toFixed(0)}, export ${sizeOf(out)}.`)
console.log(`The first NATS server has ${(mem / 2 ** 20).toFixed(0)} MiB resident.`)
