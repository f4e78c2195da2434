/** Exports and backups of a journal while its server is in use, and restoring them elsewhere. */
import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../src/cli/testing/command.ts'
import { type Client, connect, type GameView } from '../src/client/node/index.ts'
import { program, ServerProcess } from './lib/server-process.ts'
import { recordFinding } from './lib/record.ts'
import { accountAt, Witness } from './lib/checking-player.ts'

const playersAtOnce = 6
const exports = 4

const serve = (file: string): readonly string[] =>
  [program, 'serve', '--port', '0', '--log-level', 'silent', '--rate-limit', '0'].concat([
    '--journal',
    `sqlite:${file}`,
  ])

/** Players who play one game after another until they are stopped. */
class Crowd implements AsyncDisposable {
  readonly witnesses = new Map<string, Witness>()
  readonly #playing: Promise<unknown>
  #isStopped = false

  constructor(server: ServerProcess) {
    this.#playing = Promise.all(Array.from({ length: playersAtOnce }, (_, seat) => this.#play(server, seat)))
  }

  /** The highest acknowledged version of each game so far. */
  acknowledged(): ReadonlyMap<string, number> {
    return new Map([...this.witnesses].map(([game, { acknowledged }]) => [game, acknowledged]))
  }

  get total(): number {
    return [...this.witnesses.values()].reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  }

  /** Resolves when each player has finished the current game. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#playing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #play(server: ServerProcess, seat: number): Promise<void> {
    for (let round = 0; !this.#isStopped; round++) {
      const game = `seat-${seat}-${round}`
      const witness = new Witness(game)
      this.witnesses.set(game, witness)
      await witness.play(server)
    }
  }
}

/** The number of entries of each game in an export. */
function countEntries(file: string): ReadonlyMap<string, number> {
  const versions = new Map<string, number>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const { game, version } = line === '' ? {} : JSON.parse(line)
    if (game !== undefined) versions.set(game, version)
  }
  return versions
}

/** Lists the games whose export lacks entries that were acknowledged before it began. */
function findLost(file: string, before: ReadonlyMap<string, number>): readonly string[] {
  const exported = countEntries(file)
  return [...before].flatMap(([game, acknowledged]) => {
    const found = exported.get(game) ?? 0
    return found < acknowledged ? [`${game}: ${acknowledged} acknowledged, ${found} exported`] : []
  })
}

async function oxo(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(args)
  assert.equal(code, 0, stderr)
}

test('[X4] [X6] an export of a journal in use holds everything acknowledged before it began, and can be imported into another journal', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-backup-'))
  const path = (name: string): string => join(folder.path, name)
  await using server = await ServerProcess.start(serve(path('journal.sqlite')))
  await using crowd = new Crowd(server)
  let acknowledged = 0
  let during = 0
  for (let round = 0; round < exports; round++) {
    const before = crowd.acknowledged()
    const total = crowd.total
    await oxo('export', path(`export-${round}`), '--journal', `sqlite:${path('journal.sqlite')}`)
    acknowledged += total
    during += crowd.total - total
    assert.deepEqual(findLost(path(`export-${round}`), before), [])
    await oxo('import', '--check', path(`export-${round}`))
  }
  assert.ok(during > 0 && acknowledged > 0, 'nobody played')
  await crowd.stop()
  // Extends the first export to the end of the journal, then imports it into a new one.
  await oxo('export', path('export-0'), '--continue', '--journal', `sqlite:${path('journal.sqlite')}`)
  await oxo('import', path('export-0'), '--journal', `sqlite:${path('moved.sqlite')}`)
  await using moved = await ServerProcess.start(serve(path('moved.sqlite')))
  for (const [game, witness] of crowd.witnesses) {
    assert.deepEqual(await accountAt(moved, witness.account), [])
    const [here, there] = await Promise.all([server, moved].map(({ port }) => readGame(port, game)))
    assert.equal(there, here)
  }
  recordFinding('backup', {
    promise: 'a backup while playing holds what was acknowledged before it began',
    test: 'e2e/backup.test.ts',
    figure: `${exports} exports, ${during} moves meanwhile, 0 lost`,
    command: 'node --test e2e/backup.test.ts',
  })
})

async function readGame(port: number, game: string): Promise<string> {
  const headers = { Accept: 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${port}/games/${game}`, { headers })
  assert.equal(answer.status, 200)
  return answer.text()
}

/** A guest, with the tokens and the account that the server gave it. */
class Guest {
  readonly #tokens: string[] = []
  readonly client: Client
  id = ''
  name = ''

  constructor(url: string) {
    this.client = connect(url, { onToken: (token) => this.#tokens.push(token) })
  }

  get token(): string {
    return this.#tokens.at(-1) ?? ''
  }

  async connect(): Promise<void> {
    const { id, name } = await this.client.ready()
    this.id = id
    this.name = name
  }
}

/** Two guests who play one game after another over one protocol and resign every third game. */
class Pair {
  /** The last acknowledged version, by game. */
  readonly acknowledged = new Map<string, number>()
  readonly #guests: readonly [Guest, Guest]
  #isStopped = false

  constructor(guests: readonly [Guest, Guest]) {
    this.#guests = guests
  }

  async play(): Promise<void> {
    const [one, two] = this.#guests
    for (let round = 0; !this.#isStopped; round++) {
      const game = await one.client.create()
      const other = await two.client.join(game.id)
      for (const [index, cell] of [0, 1, 2, 4, 3, 5, 7, 6, 8].entries()) {
        await Promise.all([game, other].map((each) => each.until(({ version }) => version >= index + 2)))
        if (round % 3 === 2 && index === 4) this.#noteAcknowledged(await game.resign())
        if (game.view.outcome !== null) break
        const { version } = await (index % 2 === 0 ? game : other).move(cell % 3, Math.floor(cell / 3), {
          version: index + 2,
        })
        this.acknowledged.set(game.id, version)
      }
      for (const handle of [game, other]) handle.close()
    }
  }

  stop(): void {
    this.#isStopped = true
  }

  #noteAcknowledged({ game, version }: GameView): void {
    this.acknowledged.set(game, version)
  }
}

/** Sends one JSON-RPC request over HTTP with a token, without the SDK. */
async function call(url: string, token: string, method: string, params: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/rpc`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  assert.equal(answer.status, 200)
  const { result, error } = await answer.json()
  assert.equal(error, undefined, JSON.stringify(error))
  return result
}

test('[X7] [X8] a server backed up while in use, killed and restored elsewhere: all guests keep their accounts and their games', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-backup-'))
  const path = (name: string): string => join(folder.path, name)
  const server = await ServerProcess.start(serve(path('data/journal.sqlite')))
  const before = { journal: '' }
  const urls = [server.url, `tcp://${server.host}:${server.port}`, server.url]
  const guests = urls.flatMap((url) => [new Guest(url), new Guest(url)])
  await Promise.all(guests.map((guest) => guest.connect()))
  const pairs = urls.map(
    (_, index) => new Pair([guests[2 * index] ?? assert.fail(), guests[2 * index + 1] ?? assert.fail()]),
  )
  const playing = Promise.all(pairs.map((pair) => pair.play()))
  const someTime = async (): Promise<void> => {
    while (pairs.some(({ acknowledged }) => acknowledged.size < 5))
      await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await Promise.race([someTime(), playing])
  before.journal = String((await call(server.url, guests[0]?.token ?? '', 'hello', {}))['journal'])

  const acknowledged = pairs.map((pair) => new Map(pair.acknowledged))
  await oxo('backup', path('oxo.backup'), '--journal', `sqlite:${path('data/journal.sqlite')}`)
  for (const pair of pairs) pair.stop()
  await playing
  for (const { client } of guests) client.close()
  await server.kill('SIGKILL')

  await oxo('restore', path('oxo.backup'), '--journal', `sqlite:${path('there/journal.sqlite')}`)
  await using restored = await ServerProcess.start(serve(path('there/journal.sqlite')))
  for (const [index, { token, id, name }] of guests.entries()) {
    const hello = await call(restored.url, token, 'hello', {})
    assert.deepEqual(hello['account'], { id, name })
    assert.notEqual(hello['journal'], before.journal)
    const mine = acknowledged[Math.floor(index / 2)] ?? assert.fail()
    // The catalog is rebuilt, which takes a second or two.
    let listed = await listGames(restored.url, token)
    for (let tries = 0; tries < 100 && [...mine.keys()].some((game) => !listed.has(game)); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      listed = await listGames(restored.url, token)
    }
    for (const [game, version] of mine) {
      const view = await call(restored.url, token, 'game.get', { game })
      assert.ok(
        Number(view['version']) >= version,
        `${game}: ${version} acknowledged, ${String(view['version'])} restored`,
      )
      assert.ok(listed.has(game), `${game} is in no history`)
    }
    // The guest can still create a game and play in it.
    const { game } = await call(restored.url, token, 'game.create', { opponent: { bot: 'casual' } })
    await call(restored.url, token, 'game.resign', { game })
  }
  recordFinding('restore', {
    promise:
      'after a backup while playing, a kill and a restore everybody is who they were, with every acknowledged move',
    test: 'e2e/backup.test.ts',
    figure: `${guests.length} guests, ${acknowledged.reduce((sum, { size }) => sum + size, 0)} games, 0 lost`,
    command: 'node --test e2e/backup.test.ts',
  })
})

async function listGames(url: string, token: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let cursor: unknown; ;) {
    const page = await call(url, token, 'account.games', cursor === undefined ? {} : { cursor })
    for (const { game } of page['games'] as readonly { readonly game: string }[]) found.add(game)
    if (page['next'] === undefined) return found
    cursor = page['next']
  }
}

test('[X8] after a restore without the keys no guest keeps its account', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-backup-'))
  const path = (name: string): string => join(folder.path, name)
  const server = await ServerProcess.start(serve(path('data/journal.sqlite')))
  const ann = new Guest(server.url)
  await ann.connect()
  ann.client.close()
  await oxo('backup', path('oxo.backup'), '--no-keys', '--journal', `sqlite:${path('data/journal.sqlite')}`)
  await server.kill('SIGKILL')
  await oxo('restore', path('oxo.backup'), '--journal', `sqlite:${path('there/journal.sqlite')}`)
  await using restored = await ServerProcess.start(serve(path('there/journal.sqlite')))
  await assert.rejects(call(restored.url, ann.token, 'hello', {}))
  recordFinding('restore', { planted: 'a backup without keys', caughtAfter: '1 guest' })
})

const isRoot = process.getuid?.() === 0 && process.platform === 'linux'

test(
  '[X8] files restored by root belong to the user that runs the server',
  { skip: !isRoot && 'not root' },
  async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-backup-'))
    chmodSync(folder.path, 0o755)
    const path = (name: string): string => join(folder.path, name)
    const server = await ServerProcess.start(serve(path('data/journal.sqlite')))
    await server.kill('SIGTERM')
    const { uid, gid } = { uid: 65_534, gid: 65_534 }
    for (const name of ['', '/journal.sqlite', '/secret']) chownSync(path(`data${name}`), uid, gid)
    await oxo('backup', path('oxo.backup'), '--journal', `sqlite:${path('data/journal.sqlite')}`)
    // Three cases: a folder of that user, a folder that root has just created, and a folder that does not exist yet.
    mkdirSync(path('theirs'))
    chownSync(path('theirs'), uid, gid)
    mkdirSync(path('empty'))
    for (const place of ['theirs', 'empty', 'none']) {
      await oxo('restore', path('oxo.backup'), '--journal', `sqlite:${path(`${place}/journal.sqlite`)}`)
      for (const name of [place, ...readdirSync(path(place)).map((file) => `${place}/${file}`)]) {
        const found = statSync(path(name))
        assert.deepEqual([found.uid, found.gid, found.mode & 0o077 & (name === place ? 0 : 0o077)], [uid, gid, 0], name)
      }
    }
  },
)

test('a copy of the database file alone, made while the server is in use, is detected as incomplete', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-backup-'))
  const path = (name: string): string => join(folder.path, name)
  await using server = await ServerProcess.start(serve(path('journal.sqlite')))
  const witness = new Witness('game')
  await witness.play(server)
  copyFileSync(path('journal.sqlite'), path('copy.sqlite'))
  await oxo('export', path('export'), '--journal', `sqlite:${path('copy.sqlite')}`)
  const lost = findLost(path('export'), new Map([['game', witness.acknowledged]]))
  assert.match(lost.join(), /^game: 601 acknowledged, \d+ exported$/)
  recordFinding('backup', { planted: 'a copy of the journal without its log', caughtAfter: '1 game' })
})
