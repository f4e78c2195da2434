/** `npm test`: every check of the project, the cheapest first; stops at the first that fails. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { sayWhatIsMissing } from './programs.ts'

interface Step {
  readonly name: string
  /** A function where it depends on what a step before it did. */
  readonly command: readonly string[] | (() => readonly string[])
  readonly env?: Readonly<Record<string, string>>
  /** Real processes on a machine that others use too: a few files that failed may run once more, alone, for all to see. */
  readonly mayRepeat?: boolean
}

/** More files than these fail for a reason. */
const againMax = 3

const root = join(import.meta.dirname, '../..')
const coverage = join(root, 'coverage')
/** What the tests of promises find; `npm run reliability` makes a table of it. */
const recorded = { OXO_RECORD: join(coverage, 'record') }
/** What Node makes of the sources, for the hundreds of processes after the first. Coverage would be less exact with it. */
const quick = { ...recorded, NODE_COMPILE_CACHE: join(coverage, 'compiled') }
/** Real servers are those that the step `program` has built. */
const built = { ...quick, OXO_PROGRAM: 'bin/oxo.js' }
/** Now and then a file waits for a process, a disk or a timer: with one more of them the cores are never idle. */
const tests = (...globs: readonly string[]): readonly string[] => testsAtOnce(availableParallelism() + 1, globs)
/** For milliseconds: what runs beside them would be measured too. */
const testsAlone = (...globs: readonly string[]): readonly string[] => testsAtOnce(1, globs)
const testsAtOnce = (files: number, globs: readonly string[]): readonly string[] => [
  'node',
  'tools/check/run-tests.ts',
  `${files}`,
  ...globs,
]

const steps: readonly Step[] = [
  { name: 'programs', command: ['node', 'tools/check/programs.ts'] },
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware'] },
  { name: 'build and types', command: ['tsc', '--build'] },
  { name: 'generated docs', command: ['node', 'tools/docs/docs.ts', '--check'] },
  { name: 'unused code', command: ['knip'] },
  { name: 'package', command: ['publint', '--strict'] },
  {
    name: 'unit tests',
    command: tests('src/**/*.test.ts', 'tools/**/*.test.ts'),
    env: { NODE_V8_COVERAGE: join(coverage, 'tmp') },
  },
  { name: 'coverage', command: ['c8', 'report'] },
  { name: 'simulation', command: tests('sim/**/*.test.ts'), env: quick },
  { name: 'program', command: ['node', 'tools/build/program.ts'] },
  { name: 'pages', command: ['node', 'tools/build/pages.ts'] },
  {
    name: 'end-to-end tests',
    command: () => tests(...listEndToEnd(), 'fuzz/!(floods).test.ts'),
    env: built,
    mayRepeat: true,
  },
  { name: 'figures', command: () => testsAlone(...listFigures()), env: built, mayRepeat: true },
]

rmSync(coverage, { recursive: true, force: true })
const counts = { passed: 0, failed: 0 }
const started = performance.now()
const failed = steps.find((step) => !run(step))
console.log(
  `\n${failed === undefined ? 'Everything holds' : `Stopped: ${failed.name} failed`}, ${secondsSince(started)}`,
)
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = failed === undefined ? 0 : 1

/** Without Chromium no browser; the first step said so, and in CI it failed. */
function hasBrowser(): boolean {
  return sayWhatIsMissing('chromium') === null
}

function listEndToEnd(): readonly string[] {
  return ['e2e/*.test.ts', hasBrowser() ? 'e2e/!(figures)/**/*.test.ts' : 'e2e/!(browser|figures)/**/*.test.ts']
}

function listFigures(): readonly string[] {
  return ['fuzz/floods.test.ts', hasBrowser() ? 'e2e/figures/*.test.ts' : 'e2e/figures/!(page).test.ts']
}

/** Whether the step succeeded. What it says is shown when it failed, or when it is a figure. */
function run({ name, command, env, mayRepeat }: Step): boolean {
  const [program = '', ...args] = typeof command === 'function' ? command() : command
  const began = performance.now()
  process.stdout.write(`${name.padEnd(18)}`)
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: environment(env),
    maxBuffer: 1 << 28,
  })
  const holds = status === 0 || (mayRepeat === true && holdsAlone(stdout ?? '', env))
  const figures = readFigures(name, stdout ?? '', holds)
  console.log(`${holds ? 'ok' : 'FAILED'}  ${secondsSince(began)}${figures === '' ? '' : `  ${figures}`}`)
  for (const line of (stdout ?? '').matchAll(/^(?:left out|slowest): .*$/gm)) console.log(`  ${line[0]}`)
  if (!holds) console.log(`\n${program} ${args.join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
  return holds
}

function environment(env: Step['env']): Record<string, string | undefined> {
  return { ...process.env, ...env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` }
}

/** Whether the few files in which a test failed hold when nothing runs beside them; both tries are shown. */
function holdsAlone(output: string, env: Step['env']): boolean {
  const files = [...new Set(Array.from(output.matchAll(/^ +(\/\S+\.test\.ts):\d+$/gm), ([, file = '']) => file))]
  if (files.length === 0 || files.length > againMax) return false
  const [program = '', ...args] = testsAlone(...files)
  const again = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: environment(env),
    maxBuffer: 1 << 28,
  })
  const holds = again.status === 0
  console.log(`\n${output}\nagain, alone: ${files.join(' ')}: ${holds ? 'holds' : `FAILED\n${again.stdout}`}`)
  return holds
}

/** The one line of a step's output that is worth reading when it succeeded. */
function readFigures(name: string, output: string, holds: boolean): string {
  if (name === 'coverage') return /^All files.*$/m.exec(output)?.[0].replaceAll(/\s+/g, ' ') ?? ''
  if (name === 'programs') return /^\d+ of \d+ .*$/m.exec(output)?.[0] ?? ''
  const count = /^(\d+) passed, (\d+) failed.*$/m.exec(output)
  if (count === null) return ''
  // What held at last has passed.
  counts.passed += Number(count[1]) + (holds ? Number(count[2]) : 0)
  counts.failed += holds ? 0 : Number(count[2])
  return count[0]
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s`
}
