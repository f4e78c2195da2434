/** `npm run sim`: runs seeds and shows failures. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { systemClock } from '../src/base/index.ts'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type BugName, bugNames, bugs, noBug } from './bugs.ts'
import { checkNames } from './checks.ts'
import { runSeeds } from './worker-pool.ts'
import { drawDiagram, type RunPicture } from './diagram.ts'
import { drawPlan, faultNames, faults } from './plan.ts'
import { describeFailure, describeRun, examine, pictureOf, pictureOfRun } from './report.ts'
import { simulate } from './run.ts'

interface Settings {
  readonly seed?: number
  readonly seeds?: number
  readonly from: number
  readonly bug?: BugName
  readonly listBugs?: true
  readonly diagram?: string
  readonly page?: string
}

const seedMax = 2 ** 31 - 1
/** The most failing seeds that are named; only the first one is shown in detail. */
const namedMax = 20

const list = (rows: Readonly<Record<string, string>>): string =>
  Object.entries(rows)
    .map(([name, about]) => `  ${name.padEnd(24)}${about}`)
    .join('\n')

const help = `
One seed is one small world: nodes with the real service, clients with the real client, a network and a journal between
them, with the faults that the seed has drawn. Time is virtual and randomness is seeded, so a failing seed fails again,
message by message. Faults strike until all clients have sent their commands; then everything settles, and the checks
compare what was asked, answered and stored.

Try:
  npm run sim -- --seed 46                                   one world; prints its trace hash
  npm run sim -- --seeds 1000                                a thousand of them, on all cores
  npm run sim -- --seed 46 --diagram 46.svg                  all messages, as a picture
  npm run sim -- --seeds 200 --bug ack-over-fold             a planted bug, which must be found
  npm run sim -- --page simulator.html                       the simulator as a page for browsers

What is checked:
${list(checkNames)}

Bugs to plant, each one realistic for a server or a client:
${list(Object.fromEntries(bugNames.map((name) => [name, bugs[name].about])))}

Faults, each in some of the seeds:
${list(Object.fromEntries(faultNames.map((name) => [name, faults[name]])))}

Exit codes: 0 all checks hold, 1 one is violated (also by a planted bug), 2 the command line is wrong.`

const program = new Command('npm run sim --')
  .description('A deterministic simulation of whole Oxo clusters, one seed a run.')
  .option('--seed <number>', 'run this seed alone', parseSeed)
  .option('--seeds <count>', 'run this many seeds; by default 1,000', parseCount)
  .addOption(new Option('--from <number>', 'the first seed').argParser(parseSeed).default(1))
  .addOption(new Option('--bug <name>', 'plant this bug').argParser(parseBug))
  .option('--list-bugs', 'print the names of the bugs, one per line')
  .addOption(
    new Option('--diagram <file.svg>', 'draw the run; of several runs, the first failing one').argParser(parseFile),
  )
  .addOption(new Option('--page <file.html>', 'write the simulator as a page for browsers').argParser(parsePage))
  .helpOption('-h, --help', 'print this')
  .exitOverride()
  .showHelpAfterError('(see `npm run sim -- --help`)')
  .addHelpText('after', help)

try {
  program.parse()
  process.exitCode = await simulateSeeds(program.opts<Settings>())
} catch (cause) {
  if (!(cause instanceof CommanderError)) throw cause
  process.exitCode = cause.code === 'commander.helpDisplayed' ? 0 : 2
}

async function simulateSeeds(settings: Settings): Promise<number> {
  const { seed, seeds, from } = settings
  if (seed !== undefined && seeds !== undefined) program.error('error: name --seed or --seeds, not both')
  if (from + (seeds ?? 1_000) - 1 > seedMax) program.error(`error: seeds end at ${seedMax}`)
  if (settings.listBugs) {
    console.log(bugNames.join('\n'))
    return 0
  }
  if (settings.page !== undefined) return writePage(settings.page)
  return seed === undefined ? runMany(settings, seeds ?? 1_000) : runOne(settings, seed)
}

async function runOne({ bug, diagram }: Settings, seed: number): Promise<number> {
  const plan = drawPlan(seed)
  const first = await simulate(plan, { bug: bug === undefined ? noBug : bugs[bug], keepsNotes: diagram !== undefined })
  if (first.violations.length > 0) return showFailure(seed, bug, diagram)
  console.log(describeRun(seed, first))
  if (diagram !== undefined) draw(diagram, pictureOfRun(seed, first))
  return 0
}

async function runMany({ from, bug, diagram }: Settings, count: number): Promise<number> {
  const began = systemClock.now()
  const secondsSince = (): number => (systemClock.now() - began) / 1000
  const isTerminal = process.stderr.isTTY
  const show = (text: string): void => void (isTerminal && process.stderr.write(`\r${text}\u001B[K`))
  const { seeds, commands, failed } = await runSeeds({
    from,
    to: from + count,
    bug: bug ?? null,
    progress: (done, summary) => {
      show(`${Math.min(done, count)} of ${count} seeds, ${Math.round(done / secondsSince())} a second`)
      // A planted bug needs to be caught once.
      return bug === undefined || summary.failed.length === 0
    },
  })
  show('')
  const rate = Math.round(seeds / secondsSince())
  const [first] = failed
  console.log(
    `${seeds} seeds, ${commands} commands, ${failed.length} violations, ${secondsSince().toFixed(1)} s, ${rate} seeds/s.`,
  )
  if (first === undefined) return 0
  const named = failed.slice(0, namedMax).join(', ')
  console.log(`Failing seeds: ${named}${failed.length > namedMax ? ', …' : ''}. The first one:\n`)
  return showFailure(first, bug, diagram)
}

async function showFailure(seed: number, bug: BugName | undefined, diagram: string | undefined): Promise<number> {
  const planted = bug === undefined ? noBug : bugs[bug]
  const plan = drawPlan(seed)
  const failure = await examine(plan, await simulate(plan, { bug: planted }), bug ?? null, planted)
  console.log(describeFailure(failure, `at commit ${describeCommit()}`))
  if (diagram !== undefined) draw(diagram, pictureOf(failure))
  return 1
}

/** Loads the bundler only here. */
async function writePage(file: string): Promise<number> {
  const { buildSimPage } = await import('../tools/build/sim-page.ts')
  await buildSimPage(file).catch((cause: unknown) =>
    program.error(`error: ${file} cannot be written: ${(cause as Error).message}`),
  )
  console.log(`Written: ${file}. Open it in a browser.`)
  return 0
}

function draw(file: string, picture: RunPicture): void {
  try {
    writeFileSync(file, drawDiagram(picture))
  } catch (cause) {
    program.error(`error: ${file} cannot be written: ${(cause as Error).message}`)
  }
  console.log(`\nDrawn: ${file}`)
}

/** The short hash of the commit, with a remark if files have changed since. */
function describeCommit(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== ''
    return git('rev-parse', '--short', 'HEAD').trim() + (isChanged ? ' and changes' : '')
  } catch {
    return 'unknown'
  }
}

function parseSeed(text: string): number {
  return parseWhole(text, 'a seed')
}

function parseCount(text: string): number {
  return parseWhole(text, 'a number of seeds')
}

function parseWhole(text: string, what: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= seedMax) return number
  throw new InvalidArgumentError(`${JSON.stringify(text)} is not ${what}: a whole number from 1 to ${seedMax}.`)
}

function parseBug(text: string): BugName {
  const name = bugNames.find((known) => known === text)
  if (name !== undefined) return name
  throw new InvalidArgumentError(`there is no bug ${JSON.stringify(text)}. There are: ${bugNames.join(', ')}.`)
}

function parseFile(text: string): string {
  return parseEnding(text, '.svg')
}

function parsePage(text: string): string {
  return parseEnding(text, '.html')
}

function parseEnding(text: string, ending: string): string {
  if (text.endsWith(ending)) return text
  throw new InvalidArgumentError(`use a file name that ends in ${ending}.`)
}
