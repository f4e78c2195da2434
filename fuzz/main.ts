/** `npm run fuzz`: gives a target many inputs made of a seed, or one that is named. Ends with 1 when something is wrong. */
import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { campaign, hangMs, mib, single, underWay } from './lib/campaign.ts'
import { readCorpus } from './lib/corpus.ts'
import { show } from './lib/judge.ts'
import { makeInput } from './lib/mutate.ts'
import { Finding, type Target } from './lib/target.ts'
import { targets } from './lib/targets.ts'
import { startWatchdog } from './lib/watchdog.ts'

const help = `npm run fuzz -- --target NAME [--inputs N] [--seed S]

  --target NAME   what to fuzz; --list shows the names
  --inputs N      how many inputs (10000)
  --seed S        which inputs: the same seed and corpus make the same ones (1)
  --input I       only the input with this number
  --file FILE     only the input in this file
  --save          keep inputs that do something new in fuzz/corpus
  --plant NAME    put in a bug that must be found; --list shows the names
  --list          show the targets and their bugs`

const { values: flags } = parseArgs({
  options: {
    target: { type: 'string' },
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    input: { type: 'string' },
    file: { type: 'string' },
    plant: { type: 'string' },
    save: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const target = targets.find(({ name }) => name === flags.target)
if (flags.list) console.log(targets.map(describe).join('\n'))
else if (flags.help || flags.target === undefined) console.log(help)
else if (target === undefined) fail(`there is no target ${flags.target}; --list shows them`)
else if (flags.plant !== undefined && !(flags.plant in target.plants)) fail(`${target.name} has no bug ${flags.plant}`)
else await run(target)

async function run(chosen: Target): Promise<void> {
  const { name, words } = chosen
  const plant = flags.plant ?? null
  const seed = Number(flags.seed)
  startDetectors(name)
  try {
    if (flags.file !== undefined) return console.log(await single(chosen, readFileSync(flags.file), plant))
    if (flags.input !== undefined) {
      const input = makeInput({ corpus: readCorpus(name), words }, seed, Number(flags.input))
      console.log(show(input.toString('latin1')))
      return console.log(await single(chosen, input, plant))
    }
    const began = performance.now()
    const report = await campaign(chosen, { inputs: Number(flags.inputs), seed, plant, saves: flags.save })
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    for (const file of report.kept) console.log(`kept ${file}`)
    const { inputs, kinds, slowestMs, growthBytes } = report
    console.log(
      `${name}: ${inputs} inputs with seed ${seed} in ${seconds} s, ${kinds} kinds of replies, ` +
        `slowest ${slowestMs.toFixed(0)} ms of ${hangMs}, memory +${mib(growthBytes)} MiB, nothing found`,
    )
  } catch (cause) {
    tell(name, cause)
  }
}

/** Whatever escapes every handler is a crash: of a server it would be the end. */
function startDetectors(name: string): void {
  const watchdog = startWatchdog(name)
  setInterval(() => watchdog.see(underWay.index), 100).unref()
  process.on('uncaughtException', (cause) => tell(name, new Finding('it crashes', { cause })))
  process.on('unhandledRejection', (cause) => tell(name, new Finding('it crashes', { cause })))
}

function tell(name: string, cause: unknown): never {
  const { index, input } = underWay
  const file = join(tmpdir(), `oxo-fuzz-${name}-${process.pid}.bin`)
  writeFileSync(file, input)
  writeSync(1, `${name}: found at input ${index} of seed ${flags.seed}: ${reasonOf(cause)}\n`)
  writeSync(1, `  ${show(input.toString('latin1'))}\n  npm run fuzz -- --target ${name} --file ${file}\n`)
  process.exit(1)
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const inner = cause.cause === undefined ? '' : `: ${reasonOf(cause.cause)}`
  return cause instanceof Finding ? `${cause.message}${inner}` : `${cause.stack ?? cause.message}${inner}`
}

function describe({ name, about, plants }: Target): string {
  const bugs = Object.entries(plants).map(([plant, sentence]) => `    ${plant.padEnd(10)}${sentence}`)
  return [`${name.padEnd(12)}${about}`, ...bugs].join('\n')
}

function fail(sentence: string): void {
  console.error(sentence)
  process.exitCode = 2
}
