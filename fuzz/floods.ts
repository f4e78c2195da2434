/**
 * The table of floods: `node fuzz/floods.ts [--seconds N] [--json] [NAME …]`. Each on a server of its own with the
 * default limits; all of them without a name. Ends with 1 when one is not borne.
 */
import { parseArgs } from 'node:util'
import { flood, type FloodName, floodNames, floods, isBorne, serverOnDisk } from './lib/flood.ts'

const { values: flags, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const isFlood = (name: string): name is FloodName => Object.hasOwn(floods, name)
const wrong = positionals.find((name) => !isFlood(name))
if (wrong !== undefined) throw new Error(`there is no ${wrong}: ${floodNames.join(', ')}`)
const seconds = Number(flags.seconds)
if (!(seconds > 0)) throw new Error('--seconds must be a number above 0')

if (!flags.json) {
  console.log('| flood | what it does | p50 quiet → flooded | p99 quiet → flooded | somebody new | memory | borne |')
  console.log('| --- | --- | --- | --- | --- | --- | --- |')
}
for (const name of positionals.length === 0 ? floodNames : positionals.filter(isFlood)) {
  const result = await flood(name, seconds * 1_000, serverOnDisk)
  const { quietP50, p50, quietP99, p99, visitMs, residentMib } = result
  const [isGood, ms] = [isBorne(result), (value: number): string => value.toFixed(1)]
  if (!isGood) process.exitCode = 1
  if (flags.json) console.log(JSON.stringify({ ...result, isBorne: isGood }))
  else
    console.log(
      `| \`${name}\` | ${floods[name]} | ${ms(quietP50)} → ${ms(p50)} ms | ${ms(quietP99)} → ${ms(p99)} ms | ${ms(visitMs)} ms | ${residentMib} MiB | ${isGood ? 'yes' : 'NO'} |`,
    )
}
