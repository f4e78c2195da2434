/**
 * Runs test files, several at once: `run-tests.ts AT_ONCE GLOB...`. `node --test` runs them by name; here the long ones
 * start first, so that none of them runs alone at the end while a core is idle.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { run } from 'node:test'
import reportTests from './reporter.ts'

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

function runFiles(atOnce: number, globs: readonly string[]): void {
  const cwd = join(import.meta.dirname, '../..')
  const files = orderFiles(globSync(globs, { cwd }))
  if (files.length === 0) throw new Error(`no test files: ${globs.join(' ')}`)
  run({ files, cwd, concurrency: atOnce, timeout: timeoutMs })
    .on('test:fail', () => (process.exitCode = 1))
    .compose(reportTests)
    .pipe(process.stdout)
}

if (import.meta.main) {
  const [atOnce, ...globs] = process.argv.slice(2)
  runFiles(Number(atOnce), globs)
}
