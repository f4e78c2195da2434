/** `npm test`: runs every check of the project, the cheapest first, and stops at the first failure. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { sayWhatIsMissing } from './programs.ts'

interface Step {
  readonly name: string
  /** A function if it depends on the result of an earlier step. It returns null if what the step needs is not installed. */
  readonly command: readonly string[] | (() => readonly string[] | null)
  readonly env?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '../..')
const coverage = join(root, 'coverage')
/** Tests of promises write their records here; `npm run reliability` makes a table of them. */
const recorded = { OXO_RECORD: join(coverage, 'record') }
/** Shares Node's compiled code among hundreds of processes. Not used for coverage, which it makes less exact. */
const quick = { ...recorded, NODE_COMPILE_CACHE: join(coverage, 'compiled') }
/** Commands and servers run the program that the step `program` has built. */
const built = { ...quick, OXO_PROGRAM: 'bin/oxo.js' }
/** A file sometimes waits for a process, a disk or a timer: one file more than cores keeps the cores busy. */
const filesAtOnce = `${availableParallelism() + 1}`
const runner = ['node', 'tools/check/run-tests.ts']
const tests = (...globs: readonly string[]): readonly string[] => [...runner, filesAtOnce, ...globs]
/** For tests of real time: a file that failed beside others runs once more, alone, and is named. */
const testsWithRetry = (...globs: readonly string[]): readonly string[] => [...runner, '--retry', filesAtOnce, ...globs]
/** Tests of the page that also run in Firefox: what browsers do differently; `OXO_FIREFOX=whole` runs more of them. */
const inFirefox =
  process.env['OXO_FIREFOX'] === 'whole'
    ? '{arrival,embed,end,first-paint,keyboard,language,leaving,own-games,pointer,stranger,unreachable}'
    : '{arrival,end,first-paint,keyboard,language,pointer}'
/** For tests that measure milliseconds: other load would distort them. */
const testsAlone = (...globs: readonly string[]): readonly string[] => [...runner, '--retry', '1', ...globs]

const steps: readonly Step[] = [
  { name: 'programs', command: ['node', 'tools/check/programs.ts'] },
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware'] },
  { name: 'build and types', command: ['tsc', '--build'] },
  { name: 'generated docs', command: ['node', 'tools/docs/docs.ts', '--check'] },
  { name: 'unused code', command: ['knip'] },
  { name: 'package', command: ['publint', '--strict'] },
  {
    name: 'tests of the core',
    command: tests('src/{game,protocol,journal,service}/**/*.test.ts'),
    env: { NODE_V8_COVERAGE: join(coverage, 'tmp') },
  },
  { name: 'coverage', command: ['c8', 'report'] },
  { name: 'program', command: ['node', 'tools/build/program.ts'] },
  {
    name: 'other unit tests',
    command: tests('src/!(game|protocol|journal|service)/**/*.test.ts', 'tools/**/*.test.ts'),
    env: built,
  },
  { name: 'simulation', command: tests('sim/**/*.test.ts'), env: quick },
  { name: 'pages', command: ['node', 'tools/build/pages.ts'] },
  { name: 'end-to-end tests', command: () => testsWithRetry(...listEndToEnd(), 'fuzz/!(floods).test.ts'), env: built },
  {
    name: 'in Firefox',
    command: () =>
      has('firefox') ? testsWithRetry('e2e/firefox/*.test.ts', `e2e/browser/${inFirefox}.test.ts`) : null,
    env: { ...built, OXO_BROWSER: 'firefox' },
  },
  { name: 'figures', command: () => testsAlone(...listFigures()), env: built },
]

rmSync(coverage, { recursive: true, force: true })
const counts = { passed: 0, failed: 0 }
const started = performance.now()
const failed = steps.find((step) => !run(step))
console.log(
  `\n${failed === undefined ? 'All checks passed' : `Stopped: ${failed.name} failed`}, ${secondsSince(started)}`,
)
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = failed === undefined ? 0 : 1

/** Whether the browser is installed. If not, the first step has said so, and in CI it has failed. */
function has(browser: 'chromium' | 'firefox'): boolean {
  return sayWhatIsMissing(browser) === null
}

function listEndToEnd(): readonly string[] {
  return [
    'e2e/*.test.ts',
    has('chromium') ? 'e2e/!(figures|firefox)/**/*.test.ts' : 'e2e/!(browser|figures|firefox)/**/*.test.ts',
  ]
}

function listFigures(): readonly string[] {
  return ['fuzz/floods.test.ts', has('chromium') ? 'e2e/figures/*.test.ts' : 'e2e/figures/!(page|page-memory).test.ts']
}

/** Returns whether the step succeeded. Its output is shown only if it failed, except for its figures. */
function run({ name, command, env }: Step): boolean {
  const began = performance.now()
  process.stdout.write(`${name.padEnd(18)}`)
  const line = typeof command === 'function' ? command() : command
  if (line === null) {
    console.log('left out')
    return true
  }
  const [program = '', ...args] = line
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` },
    maxBuffer: 1 << 28,
  })
  const succeeded = status === 0
  const figures = readFigures(name, stdout ?? '')
  console.log(`${succeeded ? 'ok' : 'FAILED'}  ${secondsSince(began)}${figures === '' ? '' : `  ${figures}`}`)
  for (const line of (stdout ?? '').matchAll(/^(?:left out|slowest|unsteady): .*$/gm)) console.log(`  ${line[0]}`)
  // The details of an unsteady test are worth reading, too.
  if (!succeeded || stdout.includes('\nunsteady: '))
    console.log(`\n${program} ${args.join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
  return succeeded
}

/** Returns the one line of a successful step's output that is worth reading, or an empty text. */
function readFigures(name: string, output: string): string {
  if (name === 'coverage') return /^All files.*$/m.exec(output)?.[0].replaceAll(/\s+/g, ' ') ?? ''
  if (name === 'programs') return /^\d+ of \d+ .*$/m.exec(output)?.[0] ?? ''
  const count = /^(\d+) passed, (\d+) failed.*$/m.exec(output)
  if (count === null) return ''
  counts.passed += Number(count[1])
  counts.failed += Number(count[2])
  return count[0]
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s`
}
