/**
 * Runs test files, several at once: `run-tests.ts [--retry] AT_ONCE GLOB...`. `node --test` runs them by name; here the
 * long ones start first, so that none of them runs alone at the end while a core is idle, and files that mostly wait run
 * beside the others. With `--retry` a file that failed runs once more, alone; the output names it whatever its second
 * result is.
 */
import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
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
  'fuzz/fuzz.test.ts',
  'e2e/soak/soak.test.ts',
  'e2e/browser/outage.test.ts',
  'e2e/browser/options.test.ts',
  'e2e/browser/names.test.ts',
  'e2e/browser/game.test.ts',
  'e2e/cluster/failures.test.ts',
  'e2e/cluster/partition.test.ts',
  'e2e/browser/reach.test.ts',
  'e2e/browser/one-person.test.ts',
  'e2e/browser/release.test.ts',
  'e2e/browser/simulator.test.ts',
  'e2e/cluster/partitions.test.ts',
  'e2e/real/long-record.test.ts',
  'e2e/soak/finished-games.test.ts',
  'e2e/browser/alerts.test.ts',
  'e2e/browser/rules.test.ts',
  'e2e/browser/everyone.test.ts',
  'e2e/real/power-cut.test.ts',
  'e2e/real/torture.test.ts',
]

/**
 * Files that need the processor for less than four tenths of their time, the longest first: they wait for timers, for
 * elections, for a deadline.
 */
export const mostlyWaiting: readonly string[] = [
  'e2e/homework/mutants.test.ts',
  'e2e/homework/right.test.ts',
  'e2e/grade-client.test.ts',
  'e2e/real/time.test.ts',
  'e2e/cluster/stalls.test.ts',
  'e2e/cluster/full-disk.test.ts',
  'e2e/cluster/clocks.test.ts',
  'e2e/browser/between.test.ts',
  'e2e/browser/translator.test.ts',
  'e2e/real/short-time.test.ts',
  'e2e/cluster/permissions.test.ts',
  'e2e/cluster/idle.test.ts',
  'e2e/signals.test.ts',
  'e2e/cluster.test.ts',
  'e2e/clocks.test.ts',
  'e2e/quick-match.test.ts',
]
/** The number of such files that run at once, beside the others. */
const waitingAtOnce = 3

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

/** Runs the files of each lane, so many of it at once, prints what happened, and resolves with those that failed. */
async function runLanes(lanes: readonly Lane[]): Promise<readonly string[]> {
  const failed = new Set<string>()
  const events = new PassThrough({ objectMode: true })
  const running = lanes.map(({ files, atOnce }) => {
    const lane = run({ files, cwd: root, concurrency: atOnce, timeout: timeoutMs }).on(
      'test:fail',
      ({ file, name }) => {
        failed.add(relative(root, file ?? join(root, name)))
      },
    )
    return pipeline(lane, events, { end: false })
  })
  const ended = Promise.all(running).finally(() => events.end())
  for await (const text of reportTests(events)) process.stdout.write(text)
  await ended
  return [...failed]
}

interface Lane {
  readonly files: string[]
  readonly atOnce: number
}

/** Files that need the processor, and beside them those that mostly wait. */
function splitLanes(files: readonly string[], atOnce: number): readonly Lane[] {
  const waiting = new Set(mostlyWaiting).intersection(new Set(files))
  const lanes = [
    { files: files.filter((file) => !waiting.has(file)), atOnce },
    { files: [...waiting], atOnce: waitingAtOnce },
  ]
  return lanes.filter((lane) => lane.files.length > 0)
}

/** Whether all files passed, at the second attempt if `retry` allows one. */
async function runTests(files: readonly string[], atOnce: number, retry: boolean): Promise<boolean> {
  const failed = await runLanes(splitLanes(files, atOnce))
  if (failed.length === 0) return true
  if (!retry || failed.length > retriedMax) return false
  const failedAgain = new Set(await runLanes([{ files: [...failed], atOnce: 1 }]))
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
