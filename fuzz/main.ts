/** `npm run fuzz`: runs a target with many inputs made from a seed, or with one input. Exits with 1 on a finding. */
import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { campaign, current, hangMs, mib, single } from './lib/campaign.ts'
import { readCorpus } from './lib/corpus.ts'
import { show } from './lib/judge.ts'
import { makeInput } from './lib/mutate.ts'
import { FuzzFinding, type Target } from './lib/target.ts'
import { targets } from './lib/targets.ts'
import { startWatchdog } from './lib/watchdog.ts'

const help = `npm run fuzz -- --target NAME [--inputs N] [--seed S]

  --target NAME   what to fuzz; --list shows the names
  --inputs N      how many inputs (10000)
  --seed S        which inputs: the same seed and corpus make the same ones (1)
  --input I       run only the input with this number
  --file FILE     run only the input in this file
  --save          add inputs with a new kind of reply to fuzz/corpus
  --plant NAME    plant a bug that must be found; --list shows the names
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
else if (target === undefined) fail(`there is no target ${flags.target}: --list shows all targets`)
else if (flags.plant !== undefined && !(flags.plant in target.plants))
  fail(`the target ${target.name} has no bug ${flags.plant}: --list shows all bugs`)
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
    exitWithFinding(name, cause)
  }
}

/** Reports errors that escape every handler: they would end a server. */
function startDetectors(name: string): void {
  const watchdog = startWatchdog(name)
  setInterval(() => watchdog.see(current.index), 100).unref()
  process.on('uncaughtException', (cause) => exitWithFinding(name, new FuzzFinding('it crashes', { cause })))
  process.on('unhandledRejection', (cause) => exitWithFinding(name, new FuzzFinding('it crashes', { cause })))
}

function exitWithFinding(name: string, cause: unknown): never {
  const { index, input } = current
  const file = join(tmpdir(), `oxo-fuzz-${name}-${process.pid}.bin`)
  writeFileSync(file, input)
  writeSync(1, `${name}: found at input ${index} of seed ${flags.seed}: ${reasonOf(cause)}\n`)
  writeSync(1, `  ${show(input.toString('latin1'))}\n  npm run fuzz -- --target ${name} --file ${file}\n`)
  process.exit(1)
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const inner = cause.cause === undefined ? '' : `: ${reasonOf(cause.cause)}`
  return cause instanceof FuzzFinding ? `${cause.message}${inner}` : `${cause.stack ?? cause.message}${inner}`
}

function describe({ name, about, plants }: Target): string {
  const bugs = Object.entries(plants).map(([plant, sentence]) => `    ${plant.padEnd(10)}${sentence}`)
  return [`${name.padEnd(12)}${about}`, ...bugs].join('\n')
}

function fail(sentence: string): void {
  console.error(sentence)
  process.exitCode = 2
}
