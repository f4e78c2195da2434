/** One greedy address: many quick matches and bot games, with a real server and its default limits. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LinesClient } from './lib/lines-client.ts'
import { serveCommand, ServerProcess } from './lib/server-process.ts'

interface Made {
  readonly game: string
  readonly version: number
}

const honest = '127.0.0.99'
const greedy = '127.0.0.5'

async function startLimited(folder: string): Promise<ServerProcess> {
  const usual = ['--rate-limit', '100', '--connections-per-address', '64']
  return ServerProcess.start(serveCommand(join(folder, 'journal.sqlite'), ...usual))
}

/** Measures how long a bot takes to answer a first move, in ms. */
async function measureBot(line: LinesClient): Promise<number> {
  const made = await line.ask<Made>('game.create', { rules: 'tictactoe-4', opponent: { bot: 'perfect' } })
  const game = made.result?.game ?? assert.fail(JSON.stringify(made))
  const began = performance.now()
  await line.ask('game.move', { game, x: 1, y: 1 })
  while (((await line.ask<Made>('game.get', { game })).result?.version ?? 0) < 3) {
    assert.ok(performance.now() - began < 20_000, 'the bot does not move')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return performance.now() - began
}

test('[S42] a bot answers in time while one address requests hundreds of slow bot moves, and after it has left', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
  await using server = await startLimited(folder.path)
  using ann = new LinesClient(server, honest)
  const alone = await measureBot(ann)
  const lines = Array.from({ length: 10 }, () => new LinesClient(server, greedy))
  const wanted = { rules: '4,4,3+wild+misere', seat: 'O', opponent: { bot: 'perfect' } }
  await Promise.all(lines.flatMap((line) => Array.from({ length: 40 }, () => line.ask('game.create', wanted))))
  const during = await measureBot(ann)
  for (const line of lines) line[Symbol.dispose]()
  const after = await measureBot(ann)
  assert.ok(Math.max(during, after) < alone + 4_000, `alone ${alone} ms, during ${during} ms, after ${after} ms`)
})

test('[S40] a quick match is made at once while one address has thousands of open wishes', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
  await using server = await startLimited(folder.path)
  const lines = Array.from({ length: 50 }, () => new LinesClient(server, greedy))
  const wishes = lines.map((line) =>
    Promise.all(
      Array.from({ length: 190 }, (_, index) =>
        line.ask('lobby.play', { rules: `${4 + (index % 20)},${4 + (index % 19)},3` }),
      ),
    ),
  )
  await Promise.race(wishes)
  using ann = new LinesClient(server, honest)
  using bob = new LinesClient(server, '127.0.0.98')
  const began = performance.now()
  const opened = await ann.ask<Made>('lobby.play', {})
  const joined = await bob.ask<Made>('lobby.play', {})
  const tookMs = performance.now() - began
  assert.equal(joined.result?.game, opened.result?.game)
  assert.ok(tookMs < 1_500, `it took ${tookMs} ms`)
  const answers = (await Promise.all(wishes)).flat()
  assert.ok(answers.some(({ error }) => error?.data?.name === 'rate-limited'))
  for (const line of lines) line[Symbol.dispose]()
})
