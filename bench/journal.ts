/** `node bench/journal.ts [FOLDER]`: measures the embedded journal alone, and the bare disk for comparison. */
import { closeSync, fdatasyncSync, openSync, statSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { makeId, seededRandom } from '../src/base/index.ts'
import type { Entry } from '../src/journal/index.ts'
import { openSqliteJournal, type SqliteJournal } from '../src/journal/sqlite/index.ts'

const folder = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'oxo-bench-'))
const random = seededRandom(1952)
const movesAGame = 10
const body = (version: number): string =>
  JSON.stringify({ at: 1_790_000_000_000, event: { type: 'moved', player: 'X', x: version % 3, y: 1 } })

const number = (value: number): string => Math.round(value).toLocaleString('en')
const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

function report(what: string, figures: Readonly<Record<string, string>>): void {
  const cells = Object.entries(figures).map(([name, figure]) => `${name} ${figure}`)
  console.log(`${what.padEnd(34)} ${cells.join(' · ')}`)
}

/** The floor: writes `outstanding` bodies to a plain file and syncs it, repeatedly, on this thread. */
function bareFile(outstanding: number): void {
  const batch = Buffer.from(body(1).repeat(outstanding))
  const file = openSync(join(folder, 'bare'), 'w')
  const start = performance.now()
  let batches = 0
  for (; performance.now() - start < 1500; batches++) {
    writeSync(file, batch)
    fdatasyncSync(file)
  }
  const seconds = (performance.now() - start) / 1000
  closeSync(file)
  report(`bare file, ${outstanding} a sync`, {
    'appends/s': number((batches * outstanding) / seconds),
    'syncs/s': number(batches / seconds),
  })
}

/** `outstanding` players. Each appends the next event of its game as soon as the last one is durable. */
async function appends(journal: SqliteJournal, outstanding: number, followed = false): Promise<void> {
  const subscription = followed ? journal.follow(String(stored), () => {}) : undefined
  await subscription?.caughtUp
  const latencies: number[] = []
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const start = performance.now()
  const before = stored
  const idle = performance.eventLoopUtilization()
  const cpu = process.cpuUsage()
  delay.enable()
  const play = async (): Promise<void> => {
    while (performance.now() - start < 3000) {
      const game = makeId(random)
      for (let version = 0; version < movesAGame; version++) {
        const sent = performance.now()
        await journal.append(game, version, body(version))
        latencies.push(performance.now() - sent)
        stored++
      }
    }
  }
  await Promise.all(Array.from({ length: outstanding }, play))
  const seconds = (performance.now() - start) / 1000
  delay.disable()
  subscription?.close()
  const { user, system } = process.cpuUsage(cpu)
  report(`journal, ${outstanding} outstanding${followed ? ', followed' : ''}`, {
    'appends/s': number((stored - before) / seconds),
    'ms p50': percentile(latencies, 0.5).toFixed(2),
    p99: percentile(latencies, 0.99).toFixed(2),
    'loop delay ms p99': (delay.percentile(99) / 1e6 - 1).toFixed(2),
    utilisation: performance.eventLoopUtilization(idle).utilization.toFixed(2),
    'µs an append: loop': ((performance.eventLoopUtilization(idle).active * 1000) / (stored - before)).toFixed(2),
    'all threads': ((user + system) / (stored - before)).toFixed(2),
  })
}

/** Appends games of ten entries until the journal has `total` entries. Resolves with the ids of the games. */
async function fill(journal: SqliteJournal, total: number): Promise<string[]> {
  const games: string[] = []
  while (stored < total) {
    const round = Array.from({ length: 1000 }, () => makeId(random))
    games.push(...round)
    const sent = round.flatMap((game) =>
      Array.from({ length: movesAGame }, (_, version) => journal.append(game, version, body(version))),
    )
    await Promise.all(sent)
    stored += sent.length
  }
  return games
}

async function reads(journal: SqliteJournal, games: readonly string[]): Promise<void> {
  const latencies: number[] = []
  for (let round = 0; round < 20_000; round++) {
    const game = games[random.below(games.length)] ?? ''
    const start = performance.now()
    await journal.read(game)
    latencies.push((performance.now() - start) * 1000)
  }
  report(`read a game of ${movesAGame}`, {
    'µs p50': percentile(latencies, 0.5).toFixed(0),
    p99: percentile(latencies, 0.99).toFixed(0),
  })
}

async function history(journal: SqliteJournal): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const start = performance.now()
  let received = 0
  const subscription = journal.follow('', (entries: readonly Entry[]) => (received += entries.length))
  await subscription.caughtUp
  const seconds = (performance.now() - start) / 1000
  delay.disable()
  subscription.close()
  report('follow the whole history', {
    'entries/s': number(received / seconds),
    seconds: seconds.toFixed(2),
    'loop delay ms p99': (delay.percentile(99) / 1e6 - 1).toFixed(2),
  })
}

let stored = 0
const file = join(folder, 'journal')
try {
  console.log(`node ${process.version}, ${folder}`)
  for (const outstanding of [1, 32, 512]) bareFile(outstanding)
  const journal = await openSqliteJournal({ file })
  const games = await fill(journal, 100_000)
  for (const outstanding of [1, 32, 512]) await appends(journal, outstanding)
  await appends(journal, 512, true)
  games.push(...(await fill(journal, 1_000_000)))
  await journal.close()
  report('file', { entries: number(stored), 'bytes an entry': (statSync(file).size / stored).toFixed(1) })
  const start = performance.now()
  const reopened = await openSqliteJournal({ file })
  report(`open with ${number(stored)} entries`, { ms: (performance.now() - start).toFixed(0) })
  await reads(reopened, games)
  await history(reopened)
  await reopened.close()
} finally {
  await rm(folder, { recursive: true })
}
