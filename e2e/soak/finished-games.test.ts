/** Finished games cost no memory, however many there are. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as pass } from 'node:timers/promises'
import { recordFinding } from '../lib/record.ts'
import { ServerProcess } from '../lib/server-process.ts'
import { Witness } from '../lib/checking-player.ts'
import { weigh } from './heap.ts'

/** X wins with the fifth move. */
const script = { rules: '3,3,3', cells: [0, 3, 1, 4, 2].map((cell) => ({ x: cell % 3, y: Math.floor(cell / 3) })) }
const games = Number(process.env['OXO_FINISHED_GAMES'] ?? 500)
/** The smallest growth of this many batches counts: a hash table that grows once or a closing connection adds noise. */
const batches = 3
/** Games before the measured ones: they cause the one-time allocations. */
const gamesBefore = 500
const plantedGames = 250
const atOnce = 64
/** Less than 1 byte was measured. A server that keeps a game keeps at least a map entry of 24 bytes. */
const bytesMax = 8
const timeoutMs = 60_000
/** The server's clock runs 50 times as fast: it unloads a thirtieth of the idle games per second. */
const env = { OXO_HASTE: '50' }

interface Measurement {
  readonly count: number
  readonly times: number
  /** The name of the leak to plant in the server. */
  readonly planted?: string
}

/** Measures the bytes that the server keeps per finished game. */
async function measureFinished({ count, times, planted }: Measurement): Promise<number> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-finished-'))
  const file = join(folder.path, 'journal.sqlite')
  const command = ['--expose-gc', 'e2e/soak/server.ts', file, ...(planted === undefined ? [] : [planted])]
  await using server = await ServerProcess.start(command, { env })
  const play = async (batch: string, size: number): Promise<number> => {
    await playGames(server, batch, size)
    if (planted !== 'games') await allUnloaded(server)
    return await weigh(server, file)
  }
  let weight = await play('before', gamesBefore)
  let least = Infinity
  for (let batch = 0; batch < times; batch++) {
    const before = weight
    weight = await play(`batch-${batch}`, count)
    least = Math.min(least, (weight - before) / count)
  }
  return least
}

async function playGames(server: ServerProcess, batch: string, count: number): Promise<void> {
  let next = 0
  const play = async (): Promise<void> => {
    while (next < count) {
      const witness = new Witness(`${batch}-${next++}`, { script })
      while (!witness.isDone) await witness.play(server)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, play))
}

async function allUnloaded(server: ServerProcess): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while ((await countLive(server)) !== 0) {
    assert.ok(performance.now() < deadline, 'finished games stay live')
    await pass(100)
  }
}

/** The number of live games. NaN if the request failed: a server with a fast clock may cut it off. */
async function countLive(server: ServerProcess): Promise<number> {
  try {
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    return Number(/^oxo_live_games (\d+)$/m.exec(metrics)?.[1])
  } catch {
    return Number.NaN
  }
}

suite('memory of finished games', { concurrency: true }, () => {
  test('finished games cost no memory', async (t) => {
    const bytes = await measureFinished({ count: games, times: batches })
    assert.ok(bytes <= bytesMax, `${bytes.toFixed(2)} bytes are kept per finished game`)
    const figure = `${games * batches} games played to their end: ${Math.max(0, bytes).toFixed(1)} bytes kept for each`
    t.diagnostic(figure)
    recordFinding('finished-games', {
      promise: 'A game that is over costs no memory',
      test: 'e2e/soak/finished-games.test.ts',
      figure,
      command: 'OXO_FINISHED_GAMES=10000 node --test e2e/soak/finished-games.test.ts',
    })
  })

  test('a server that never unloads a game, and one that keeps the time of each connection, are detected', async () => {
    for (const leak of ['games', 'visits']) {
      const bytes = await measureFinished({ count: plantedGames, times: 1, planted: leak })
      assert.ok(bytes > bytesMax, `${leak}: ${bytes.toFixed(2)} bytes`)
    }
    recordFinding('finished-games', {
      planted: 'forgets no game; keeps the time at which each visitor came',
      caughtAfter: `${plantedGames} games; ${plantedGames} games`,
    })
  })
})
