/**
 * Runs test files, several at once: `run-tests.ts [--retry] AT_ONCE GLOB...`. `node --test` runs them by name; here the
 * long ones start first, so that none of them runs alone at the end while a core is idle. With `--retry` a file that
 * failed runs once more, alone; the output names it whatever its second result is.
 */
import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import { run } from 'node:test'
import { parseArgs } from 'node:util'
import reportTests from './reporter.ts'

const root = join(import.meta.dirname, '../..')

/** Files that take more than about ten seconds, the longest first; each step of `npm test` prints its slowest files. */
export const longFirst: readonly string[] = [
  'src/journal/jetstream/jetstream-journal.test.ts',
  'src/journal/jetstream/racing.test.ts',
  'src/game/perft-large.test.ts',
  'src/journal/partitioned.test.ts',
  'src/cli/main.test.ts',
  'src/journal/jetstream/streams.test.ts',
  'src/cli/chaos/proxy.test.ts',
  'src/cli/transfer/transfer.test.ts',
  'e2e/real/time.test.ts',
  'e2e/soak/soak.test.ts',
  'fuzz/fuzz.test.ts',
  'e2e/cluster/partition.test.ts',
  'e2e/cluster/failures.test.ts',
  'e2e/durability.test.ts',
  'e2e/browser/outage.test.ts',
  'e2e/soak/finished-games.test.ts',
  'e2e/browser/game.test.ts',
  'e2e/browser/reach.test.ts',
  'e2e/browser/everyone.test.ts',
  'e2e/real/power-cut.test.ts',
  'e2e/cluster.test.ts',
  'e2e/browser/simulator.test.ts',
  'e2e/browser/rules.test.ts',
  'e2e/real/torture.test.ts',
  'e2e/real/transparency.test.ts',
]

/** In ms; longer than any test takes on a loaded machine. */
const timeoutMs = 300_000

/**
 * The long ones in their order, then the others, alternately from the beginning and from the end of the alphabet. Names
 * group files: those of `e2e/browser` need the processor, those at the end mostly wait. Side by side they need less time.
 */
export function orderFiles(files: readonly string[], first: readonly string[] = longFirst): readonly string[] {
  const all = new Set(files)
  const others = [...all.difference(new Set(first))].toSorted()
  const pairs = others.map((file, index) => [file, others.at(-1 - index) ?? file])
  return [...first.filter((file) => all.has(file)), ...new Set(pairs.flat())]
}

/** More failed files than these mean a fault, not an unsteady test: they are not run again. */
const retriedMax = 2

/** Runs the files, prints what happened, and resolves with those that failed. */
async function runFiles(files: readonly string[], concurrency: number): Promise<readonly string[]> {
  const failed = new Set<string>()
  const events = run({ files, cwd: root, concurrency, timeout: timeoutMs }).on('test:fail', ({ file, name }) => {
    failed.add(relative(root, file ?? join(root, name)))
  })
  for await (const text of reportTests(events)) process.stdout.write(text)
  return [...failed]
}

/** Whether all files passed, at the second attempt if `retry` allows one. */
async function runTests(files: readonly string[], atOnce: number, retry: boolean): Promise<boolean> {
  const failed = await runFiles(files, atOnce)
  if (failed.length === 0) return true
  if (!retry || failed.length > retriedMax) return false
  const failedAgain = new Set(await runFiles(failed, 1))
  for (const file of failed)
    console.log(`unsteady: ${file} failed, and ${failedAgain.has(file) ? 'failed again alone' : 'passed alone'}`)
  return failedAgain.size === 0
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ options: { retry: { type: 'boolean' } }, allowPositionals: true })
  const [atOnce, ...globs] = positionals
  const files = orderFiles(globSync(globs, { cwd: root }))
  if (files.length === 0) throw new Error(`no test files: ${globs.join(' ')}`)
  if (!(await runTests(files, Number(atOnce), values.retry === true))) process.exitCode = 1
}
