/** A game that is over costs no memory, however many there were. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as pass } from 'node:timers/promises'
import { record } from '../lib/record.ts'
import { ServerProcess } from '../server-process.ts'
import { Witness } from '../witness.ts'
import { readLife } from './samples.ts'

/** X wins with the fifth move. */
const script = { rules: '3,3,3', cells: [0, 3, 1, 4, 2].map((cell) => ({ x: cell % 3, y: Math.floor(cell / 3) })) }
const gamesEach = Number(process.env['OXO_FINISHED_GAMES'] ?? 2_500)
/** Of so many the middle one counts. A batch before them makes what is made once. */
const batches = 3
const atOnce = 64
/** 28 to 57 were measured, of whatever grows a little while a server works; a game that is kept is ten times as much. */
const bytesMax = 100
/** Samples in a row that differ by less than this show what is kept. */
const calmSamples = 4
const calmBytes = 48 * 1_024
const patienceMs = 60_000
/** Idle games are forgotten within half a minute, and that is three seconds. */
const env = { OXO_HASTE: '10' }

/** The heap's bytes for each finished game. `planted`: as the server knows it. */
async function measureFinished(...planted: readonly string[]): Promise<number> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-finished-'))
  const file = join(folder.path, 'journal.sqlite')
  // Code that was not used for a while would be dropped, which looks as if games gave memory back.
  const flags = ['--expose-gc', '--no-flush-bytecode']
  await using server = await ServerProcess.start([...flags, 'e2e/soak/server.ts', file, ...planted], { env })
  const weights: number[] = []
  for (let batch = 0; batch <= batches; batch++) {
    await playGames(server, `batch-${batch}`)
    if (planted.length === 0) await forgotten(server)
    weights.push(await weigh(`${file}.samples`))
  }
  const costs = weights.slice(1).map((weight, index) => (weight - (weights[index] ?? 0)) / gamesEach)
  return costs.toSorted((one, other) => one - other)[(batches - 1) / 2] ?? Number.NaN
}

async function playGames(server: ServerProcess, batch: string): Promise<void> {
  let next = 0
  const play = async (): Promise<void> => {
    while (next < gamesEach) {
      const witness = new Witness(`${batch}-${next++}`, { script })
      while (!witness.isDone) await witness.play(server)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, play))
}

async function forgotten(server: ServerProcess): Promise<void> {
  const deadline = performance.now() + patienceMs
  while ((await countLive(server)) > 0) {
    assert.ok(performance.now() < deadline, 'games that are over stay live')
    await pass(100)
  }
}

/** What the heap holds when nobody plays: the least of some samples that hardly differ. */
async function weigh(samples: string): Promise<number> {
  const deadline = performance.now() + patienceMs
  const from = readLife(samples).length
  for (;;) {
    const heaps = readLife(samples)
      .slice(from)
      .slice(-calmSamples)
      .map(({ heapUsed }) => heapUsed)
    const isCalm = heaps.length === calmSamples && Math.max(...heaps) - Math.min(...heaps) < calmBytes
    if (isCalm || performance.now() > deadline) return Math.min(...heaps)
    await pass(200)
  }
}

async function countLive(server: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^oxo_live_games (\d+)$/m.exec(metrics)?.[1])
}

suite('memory of finished games', { concurrency: true }, () => {
  test('games that are over cost no memory', async (t) => {
    const bytes = await measureFinished()
    assert.ok(bytes <= bytesMax, `${bytes.toFixed(1)} bytes are kept for each game that is over`)
    const figure = `${gamesEach * (batches + 1)} games played to their end: ${bytes.toFixed(1)} bytes of heap a game`
    t.diagnostic(figure)
    record('finished-games', {
      promise: 'A game that is over costs no memory',
      test: 'e2e/soak/finished-games.test.ts',
      figure,
      command: 'OXO_FINISHED_GAMES=20000 node --test e2e/soak/finished-games.test.ts',
    })
  })

  test('a server that never forgets a game is caught', async () => {
    const bytes = await measureFinished('games')
    assert.ok(bytes > bytesMax, `${bytes.toFixed(1)} bytes`)
    record('finished-games', { planted: 'forgets no game', caughtAfter: `${gamesEach * (batches + 1)} games` })
  })
})
