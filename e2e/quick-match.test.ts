/** One greedy address: many quick matches and bot games, with a real server and its default limits. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { connect as connectSocket, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { serveCommand, ServerProcess } from './lib/server-process.ts'

interface Answer {
  readonly result?: { readonly game: string; readonly version: number }
  readonly error?: { readonly data: { readonly name: string } }
}

/** A connection from a given local address, with many requests in flight. */
class Line implements Disposable {
  readonly #socket: Socket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #asked = 0

  constructor(server: ServerProcess, address: string) {
    this.#socket = connectSocket({ host: server.host, port: server.port, localAddress: address })
    this.#socket.on('error', () => {})
    createInterface(this.#socket).on('line', (line) => {
      if (line === '') return
      const { id, ...answer } = JSON.parse(line) as Answer & { readonly id?: number }
      if (id !== undefined) this.#waiting.get(id)?.(answer)
    })
  }

  ask(method: string, params: object): Promise<Answer> {
    const id = ++this.#asked
    this.#socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}

const honest = '127.0.0.99'
const greedy = '127.0.0.5'

async function startLimited(folder: string): Promise<ServerProcess> {
  const usual = ['--rate-limit', '100', '--connections-per-address', '64']
  return ServerProcess.start(serveCommand(join(folder, 'journal.sqlite'), ...usual))
}

/** Measures how long a bot takes to answer a first move, in ms. */
async function measureBot(line: Line): Promise<number> {
  const made = await line.ask('game.create', { rules: 'tictactoe-4', opponent: { bot: 'perfect' } })
  const game = made.result?.game ?? assert.fail(JSON.stringify(made))
  const began = performance.now()
  await line.ask('game.move', { game, x: 1, y: 1 })
  while (((await line.ask('game.get', { game })).result?.version ?? 0) < 3) {
    assert.ok(performance.now() - began < 20_000, 'the bot does not move')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return performance.now() - began
}

test('[S42] a bot answers in time while one address requests hundreds of slow bot moves, and after it has left', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
  await using server = await startLimited(folder.path)
  using ann = new Line(server, honest)
  const alone = await measureBot(ann)
  const lines = Array.from({ length: 10 }, () => new Line(server, greedy))
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
  const lines = Array.from({ length: 50 }, () => new Line(server, greedy))
  const wishes = lines.map((line) =>
    Promise.all(
      Array.from({ length: 190 }, (_, index) =>
        line.ask('lobby.play', { rules: `${4 + (index % 20)},${4 + (index % 19)},3` }),
      ),
    ),
  )
  await Promise.race(wishes)
  using ann = new Line(server, honest)
  using bob = new Line(server, '127.0.0.98')
  const began = performance.now()
  const opened = await ann.ask('lobby.play', {})
  const joined = await bob.ask('lobby.play', {})
  const tookMs = performance.now() - began
  assert.equal(joined.result?.game, opened.result?.game)
  assert.ok(tookMs < 1_500, `it took ${tookMs} ms`)
  const answers = (await Promise.all(wishes)).flat()
  assert.ok(answers.some(({ error }) => error?.data.name === 'rate-limited'))
  for (const line of lines) line[Symbol.dispose]()
})
