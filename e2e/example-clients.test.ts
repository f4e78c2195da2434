/** The complete clients of examples/ play whole games, also when their server is killed and their connection is bad. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test, type TestContext } from 'node:test'
import { calm } from '../src/cli/chaos/plan.ts'
import { openChaos } from '../src/cli/chaos/proxy.ts'
import type { CommandEnd } from '../src/cli/testing/command.ts'
import { connect } from '../src/client/node/index.ts'
import { openServer, type Server } from '../src/server/open.ts'
import { sayWhatIsMissing } from '../tools/check/programs.ts'
import { BuiltClients, exampleClients, exampleLanguages, type ExampleLanguage } from './lib/example-clients.ts'
import type { Endpoint } from '../src/conformance/endpoint.ts'
import { leaveOut } from './lib/left-out.ts'
import { runToEnd } from './lib/program.ts'
import { serveCommand, ServerProcess } from './lib/server-process.ts'

let server: Server
let clients: BuiltClients
before(async () => {
  server = await openServer({ port: 0, journal: 'memory' })
  clients = new BuiltClients()
})
after(async () => {
  clients[Symbol.dispose]()
  await server.close()
})

async function run(
  language: ExampleLanguage,
  { host, port }: Endpoint,
  ...game: readonly string[]
): Promise<CommandEnd> {
  return runToEnd([...(await clients.command(language)), host, String(port), ...game])
}

function assertEnd({ code, stdout, stderr }: CommandEnd, expected: string): void {
  assert.equal(code, 0, stderr)
  assert.equal(stdout.trimEnd().split('\n').at(-1), expected, stderr)
}

/** How the opponent plays: an example client always takes the first free cell. */
const games = {
  won: { seat: 'O', cells: [8, 7], end: 'XXX....OO line X' },
  lost: { seat: 'X', cells: [4, 2, 6], end: 'OOX.X.X.. line X' },
} as const
type Kind = keyof typeof games

interface Opposed {
  readonly end: CommandEnd
  /** How many events the game has. */
  readonly version: number
}

interface Opposition {
  readonly id: string
  readonly kind: Kind
  /** Starts the client. */
  readonly start: () => Promise<CommandEnd>
  /** Runs once, when two marks are placed or soon after. */
  readonly meanwhile?: () => Promise<void>
}

/** Creates the game, starts the client, and plays to the end. */
async function oppose({ host, port }: Endpoint, { id, kind, start, meanwhile }: Opposition): Promise<Opposed> {
  const { seat, cells } = games[kind]
  using client = connect(`tcp://${host}:${port}`)
  const game = await client.create({ game: id, seat })
  const ended = start()
  const left: number[] = [...cells]
  let isStruck = false
  for await (const { version, outcome } of game) {
    // An iteration may pass over a view: a quick client has moved again.
    if (version >= 4 && !isStruck) {
      isStruck = true
      await meanwhile?.()
    }
    if (outcome !== null) return { end: await ended, version }
    const cell = game.myTurn ? left.shift() : undefined
    if (cell !== undefined) await game.move(cell % 3, Math.floor(cell / 3))
  }
  throw new Error('the game has no end')
}

/** Two events for the seats, and five moves: each was made once. */
const events = 7

suite('an example client', { concurrency: 2 }, () => {
  for (const language of exampleLanguages) {
    const { file, needs } = exampleClients[language]
    const isLeftOut = (t: TestContext): boolean => leaveOut(t, sayWhatIsMissing(needs))

    test(`${file} plays the bot, wins a game and loses one`, async (t) => {
      if (isLeftOut(t)) return
      assertEnd(await run(language, server), 'XXOXO.O.. line O')
      for (const kind of ['won', 'lost'] as const) {
        const id = `${language}-${kind}`
        const { end, version } = await oppose(server, { id, kind, start: () => run(language, server, id) })
        assertEnd(end, games[kind].end)
        assert.equal(version, events)
      }
    })

    test(`${file} continues when its server is killed during a game`, async (t) => {
      if (isLeftOut(t)) return
      using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
      const journal = join(folder.path, 'journal.sqlite')
      await using first = await ServerProcess.start(serveCommand(journal))
      const others: ServerProcess[] = []
      const restart = async (): Promise<void> => {
        await first.kill()
        others.push(await ServerProcess.start(serveCommand(journal, '--port', String(first.port))))
      }
      try {
        const id = 'killed'
        const start = (): Promise<CommandEnd> => run(language, first, id)
        const { end, version } = await oppose(first, { id, kind: 'won', start, meanwhile: restart })
        assertEnd(end, games.won.end)
        assert.match(end.stderr, /connecting again/)
        assert.equal(version, events)
      } finally {
        for (const other of others) await other.kill()
      }
    })

    test(`${file} makes each move once through a proxy that cuts, repeats, delays and reorders`, async (t) => {
      if (isLeftOut(t)) return
      const plan = { ...calm, delayMs: { least: 0, most: 20 }, cut: 0.1, duplicate: 0.2, reorder: 0.2 }
      await using proxy = await openChaos({ plan, to: () => server })
      const there = { host: '127.0.0.1', port: proxy.port }
      const id = `${language}-chaos`
      const { end, version } = await oppose(server, { id, kind: 'lost', start: () => run(language, there, id) })
      assertEnd(end, games.lost.end)
      assert.equal(version, events)
      const { cut, duplicated, reordered } = proxy.tally
      assert.ok(cut > 0 && duplicated + reordered > 0, JSON.stringify(proxy.tally))
    })

    test(`${file} waits as long as the server says when it asks too often`, async (t) => {
      if (isLeftOut(t)) return
      await using slow = await openServer({ port: 0, journal: 'memory', rateLimit: 2 })
      const end = await run(language, slow)
      assertEnd(end, 'XXOXO.O.. line O')
      assert.match(end.stderr, /waiting: .*rate-limited/)
    })
  }
})

test('the C client has at most 200 lines', () => {
  const text = readFileSync(join(import.meta.dirname, '../examples/client.c'), 'utf8')
  assert.ok(text.trimEnd().split('\n').length <= 200)
})
