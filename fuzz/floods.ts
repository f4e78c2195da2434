/**
 * The table of floods: `node fuzz/floods.ts [--seconds N] [--json] [--write] [NAME …]`. Runs the named floods, or all
 * of them, each on a new server with the default limits and a journal on disk. `--write` puts the rows into
 * docs/RELIABILITY.md. Exits with 1 if a flood exceeds the limits.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { between, makeTable, replaceBetween } from '../tools/docs/markdown.ts'
import { flood, type Flooded, type FloodName, floodNames, floods, isWithinLimits, serverOnDisk } from './lib/flood.ts'

const document = join(import.meta.dirname, '../docs/RELIABILITY.md')
const marks = ['<!-- floods -->', '<!-- /floods -->'] as const
const head = ['flood', 'what it does', 'p50', 'p99', 'somebody new', 'memory', 'borne'] as const

const { values: flags, positionals } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const isFlood = (name: string): name is FloodName => Object.hasOwn(floods, name)
const wrong = positionals.find((name) => !isFlood(name))
if (wrong !== undefined) throw new Error(`there is no flood ${wrong}: choose from ${floodNames.join(', ')}`)
const seconds = Number(flags.seconds)
if (!(seconds > 0)) throw new Error('--seconds must be a number above 0')

const rows = new Map<string, readonly string[]>()
for (const name of positionals.length === 0 ? floodNames : positionals.filter(isFlood)) {
  const result = await flood(name, seconds * 1_000, serverOnDisk)
  if (!isWithinLimits(result)) process.exitCode = 1
  rows.set(name, cellsOf(result))
  console.log(flags.json ? JSON.stringify({ ...result, isBorne: isWithinLimits(result) }) : cellsOf(result).join(' | '))
}
if (flags.write) write()

function cellsOf(result: Flooded): readonly string[] {
  const { flood: name, quietP50, p50, quietP99, p99, visitMs, residentMib } = result
  const ms = (value: number): string => value.toFixed(1)
  const quietToFlooded = (quiet: number, flooded: number): string => `${ms(quiet)} → ${ms(flooded)} ms`
  const latency = [quietToFlooded(quietP50, p50), quietToFlooded(quietP99, p99), `${ms(visitMs)} ms`]
  return [`\`${name}\``, floods[name], ...latency, `${residentMib} MiB`, isWithinLimits(result) ? 'yes' : 'NO']
}

/** Writes the table. Floods that were not run keep their rows. */
function write(): void {
  const text = readFileSync(document, 'utf8')
  for (const line of between(text, marks).split('\n')) {
    const cells = line.split('|').slice(1, -1)
    const name = cells[0]?.trim().replaceAll('`', '') ?? ''
    if (isFlood(name) && !rows.has(name))
      rows.set(
        name,
        cells.map((cell) => cell.trim()),
      )
  }
  const ordered = floodNames.flatMap((name) => (rows.has(name) ? [rows.get(name) ?? []] : []))
  writeFileSync(document, replaceBetween(text, marks, makeTable(head, ordered)))
}
