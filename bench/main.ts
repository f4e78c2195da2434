/** `npm run bench`: measures Oxo, a minimal server (the floor) and the peers side by side on one workload. A missed target is no failure. */
import { loadavg } from 'node:os'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { buildProgram } from './lib/built.ts'
import { runTrial } from './lib/contest.ts'
import { inspectMachine } from './lib/machine.ts'
import { measureConnections, measureGames } from './lib/memory.ts'
import { arePeersHere, installPeers } from './lib/peers.ts'
import type { LoadResult } from './lib/plan.ts'
import { replaceBetween } from '../tools/docs/markdown.ts'
import { makeReport } from './lib/report.ts'
import { figureOf, type Results } from './lib/results.ts'
import type { Setting } from './lib/setting.ts'
import { measureStarts } from './lib/start.ts'
import { isOxo, type TrialName, trials } from './lib/trials.ts'

const sections = ['latency', 'memory', 'start'] as const
const about = `npm run bench -- [--quick] [--install] [--only NAME]… [--json FILE] [--write]

  Takes about ten minutes.

  --quick      three minutes: one short round
  --install    installs boardgame.io and Colyseus, 228 packages, into bench/peers; without it they are left out
  --only NAME  measures only this, and the floor: ${[...trials.map(({ name }) => name), ...sections].join(', ')}
  --json FILE  writes every figure
  --write      writes the tables into docs/PERFORMANCE.md
`
const measurements: Readonly<
  Record<(typeof sections)[number], (setting: Setting, results: Results) => Promise<Partial<Results>>>
> = {
  latency: measureLatency,
  memory: measureMemory,
  start: async (setting) => ({ starts: await measureStarts(setting) }),
}
const document = new URL('../docs/PERFORMANCE.md', import.meta.url)
const markers = ['<!-- bench -->', '<!-- /bench -->'] as const

const options = readOptions()
if (options.help) process.stdout.write(about)
else
  await bench().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        install: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        json: { type: 'string' },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    for (const name of values.only)
      if (!isKnown(name)) throw new Error(`--only ${name} is unknown: see --help for the names`)
    return values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${about}`)
    process.exit(2)
  }
}

async function bench(): Promise<void> {
  buildProgram()
  const [loadBefore = 0] = loadavg()
  const setting: Setting = {
    machine: inspectMachine(),
    ...(options.quick ? { rounds: 1, seconds: 2, warmUpSeconds: 1 } : { rounds: 3, seconds: 5, warmUpSeconds: 2 }),
    isQuick: options.quick,
    log: (what) => void process.stderr.write(`${what}\n`),
  }
  setting.log(setting.machine.text)
  const base = {
    machine: setting.machine.text,
    loadBefore,
    rounds: setting.rounds,
    isQuick: setting.isQuick,
    trials: await runTrials(setting),
  }
  const results: Results = { ...base, ...(await measureSections(setting, base)) }
  const report = makeReport(results)
  process.stdout.write(`\n${report}\n`)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`)
  if (options.write) writeReport(report)
}

function isKnown(name: string): boolean {
  return trials.some((trial) => trial.name === name) || sections.some((section) => section === name)
}

function isWanted(name: TrialName | (typeof sections)[number]): boolean {
  return options.only.length === 0 || options.only.includes(name)
}

async function runTrials(setting: Setting): Promise<Results['trials']> {
  const wanted = trials.filter(({ name }) => isWanted(name))
  if (wanted.length === 0) return {}
  const all = trials.filter((trial) => trial.name === 'floor' || wanted.includes(trial))
  const isPeer = ({ contender }: (typeof trials)[number]): boolean => contender !== 'floor' && !isOxo(contender)
  if (options.install && all.some(isPeer)) installPeers(setting.log)
  const run = arePeersHere() ? all : all.filter((trial) => !isPeer(trial))
  if (run.length < all.length) setting.log('the peers are not installed and are left out: --install installs them')
  const outcomes: { [Name in TrialName]?: LoadResult[] } = {}
  for (let round = 1; round <= setting.rounds; round++)
    for (const trial of run) {
      const outcome = await runTrial(trial, setting)
      setting.log(`round ${round}, ${trial.about}: ${Math.round(outcome.movesPerSecond)} moves/s`)
      const list = (outcomes[trial.name] ??= [])
      list.push(outcome)
    }
  return outcomes
}

/** A section that fails is reported and left out, so that the results of the others, which took minutes, are not lost. */
async function measureSections(setting: Setting, results: Results): Promise<Partial<Results>> {
  let found: Partial<Results> = {}
  for (const section of sections.filter(isWanted))
    try {
      found = { ...found, ...(await measurements[section](setting, results)) }
    } catch (error) {
      setting.log(`${section}: not measured: ${error instanceof Error ? error.message : String(error)}`)
      process.exitCode = 1
    }
  return found
}

async function measureMemory(setting: Setting): Promise<Partial<Results>> {
  setting.log('idle connections')
  const floor = await measureConnections(setting, 'floor')
  const oxo = await measureConnections(setting, 'oxo-lines')
  setting.log('live games')
  return { connections: { floor, oxo }, games: await measureGames(setting, setting.isQuick ? 37_500 : 75_000) }
}

async function measureLatency(setting: Setting, results: Results): Promise<Partial<Results>> {
  const [, trial] = trials
  const maximum = results.trials[trial.name] ?? [await runTrial(trial, setting)]
  const halfRate = Math.round(figureOf(maximum, 'movesPerSecond') / 2)
  const steady: LoadResult[] = []
  const half: LoadResult[] = []
  for (let round = 1; round <= setting.rounds; round++) {
    setting.log(`round ${round}, latency at 2,000 and at ${halfRate} moves/s`)
    steady.push(await runTrial(trial, setting, 2_000))
    half.push(await runTrial(trial, setting, halfRate))
  }
  return { latency: { steady, half, halfRate } }
}

function writeReport(report: string): void {
  writeFileSync(document, replaceBetween(readFileSync(document, 'utf8'), markers, report))
}
