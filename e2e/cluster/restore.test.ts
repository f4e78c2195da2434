/**
 * A backup of a single server is restored into a cluster with its games, guests and keys, and on to another cluster.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempDisposableSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type CommandEnd, run } from '../../src/cli/testing/command.ts'
import { assertEnds } from '../../src/cli/testing/moving.ts'
import { connect } from '../../src/client/node/index.ts'
import { NatsCluster } from '../lib/nats-cluster.ts'
import { program, ServerProcess, serveCommand } from '../lib/server-process.ts'

const starting = NatsCluster.start()
after(async () => (await starting)[Symbol.asyncDispose]())

/** The flags that select a journal on the one NATS server. */
const flagsOf = async (name: string): Promise<readonly string[]> => [
  '--journal',
  `${(await starting).url}/${name}`,
  '--nats-replicas',
  '1',
]

async function node(name: string, secret: string): Promise<ServerProcess> {
  const flags = ['--port', '0', '--no-pages', '--log-level', 'silent', ...(await flagsOf(name))]
  return ServerProcess.start([program, 'serve', ...flags], { env: { OXO_SECRET: secret } })
}

async function oxo(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await run(args, { env })
  assert.equal(code, 0, stderr)
  return stdout
}

/** Asserts that no journal of that name exists. */
async function assertNone(name: string): Promise<void> {
  assertEnds(await run(['verify', ...(await flagsOf(name))]), 1, /^There is no journal /i)
}

interface Guest {
  readonly token: string
  readonly id: string
  readonly name: string
  readonly journal: string | undefined
  /** Views of the guest's games, as JSON by game id. */
  readonly games: Readonly<Record<string, string>>
}

/** Connects with the token of `before` and reads its account and games; without `before`, as a new guest who plays. */
async function visit(url: string, before?: Guest): Promise<Guest> {
  let token = before?.token ?? ''
  using client = connect(url, { ...(before === undefined ? {} : { token }), onToken: (given) => (token = given) })
  const { id, name } = await client.ready()
  const games: Record<string, string> = {}
  if (before === undefined)
    for (const game of ['one', 'two']) {
      const handle = await client.create({ game: `${id}-${game}`, opponent: { bot: 'perfect' }, seat: 'X' })
      await handle.move(1, 1)
      await handle.until(({ version }) => version === 3)
      games[handle.id] = JSON.stringify(handle.view)
    }
  else for (const game of Object.keys(before.games)) games[game] = JSON.stringify((await client.game(game)).view)
  return { token, id, name, journal: client.journal ?? undefined, games }
}

function assertSame(there: Guest, before: Guest): void {
  assert.deepEqual([there.id, there.name, there.games], [before.id, before.name, before.games])
  assert.equal(typeof there.journal, 'string')
  assert.notEqual(there.journal, before.journal, 'a restore must give the journal a new history id')
}

/** Makes one more move in each game. */
async function playOn(url: string, { token, games }: Guest): Promise<void> {
  using client = connect(url, { token })
  for (const game of Object.keys(games)) {
    const handle = await client.game(game)
    const free = handle.view.board.indexOf('.')
    await handle.move(free % 3, Math.floor(free / 3))
  }
}

interface Saved extends Disposable {
  readonly file: string
  readonly secret: string
  readonly guests: readonly Guest[]
  readonly path: (name: string) => string
}

/** Starts a single server, lets guests play, makes a backup, and kills the server. */
async function save(): Promise<Saved> {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-restore-'))
  const path = (name: string): string => join(folder.path, name)
  mkdirSync(path('data'))
  const server = await ServerProcess.start(serveCommand(path('data/journal.sqlite')))
  const guests = await Promise.all([visit(server.url), visit(`tcp://${server.host}:${server.port}`)])
  await oxo(['backup', path('oxo.backup'), '--journal', `sqlite:${path('data/journal.sqlite')}`])
  await server.kill('SIGKILL')
  const secret = readFileSync(path('data/secret'), 'utf8').trim()
  return { file: path('oxo.backup'), secret, guests, path, [Symbol.dispose]: () => folder.remove() }
}

test('[X7] [X8] a backup of a single server is restored into a cluster, and that into another: guests keep their accounts', async () => {
  using saved = await save()
  const { file, guests, secret, path } = saved
  const output = await oxo(['restore', file, ...(await flagsOf('first')), '--keys', path('keys')])
  assert.match(output, /^Restored \d+ entries of 5 games to nats:\/\/\S+\/first and 1 key to \S+keys\.$/m)
  assert.doesNotMatch(output, /password/)
  assert.equal(statSync(path('keys')).mode & 0o777, 0o600)
  assert.equal(readFileSync(path('keys'), 'utf8').trim(), secret)
  const moved: Guest[] = []
  {
    await using first = await node('first', readFileSync(path('keys'), 'utf8').trim())
    for (const guest of guests) {
      const there = await visit(first.url, guest)
      assertSame(there, guest)
      await playOn(first.url, guest)
      moved.push(await visit(first.url, there))
    }
  }
  const env = { OXO_SECRET: secret }
  await oxo(['backup', path('cluster.backup'), ...(await flagsOf('first'))], env)
  // A host that already has the keys gets only the games.
  assert.match(
    await oxo(['restore', path('cluster.backup'), ...(await flagsOf('second'))], env),
    /^Restored \d+ entries of 5 games to nats:\/\/\S+\/second\.$/m,
  )
  {
    await using second = await node('second', secret)
    for (const guest of moved) assertSame(await visit(second.url, guest), guest)
  }
  // Back to a single server.
  const file2 = path('back/journal.sqlite')
  await oxo(['restore', path('cluster.backup'), '--journal', `sqlite:${file2}`])
  await using back = await ServerProcess.start(serveCommand(file2))
  for (const guest of moved) assertSame(await visit(back.url, guest), guest)
})

test('[X8] a refused restore into a cluster creates no journal and writes no keys', async () => {
  using saved = await save()
  const { file, secret, path } = saved
  const at = await flagsOf('refused')
  const restore = (from: string, more: readonly string[] = [], env = {}): Promise<CommandEnd> =>
    run(['restore', from, ...at, ...more], { env })
  assertEnds(await restore(file), 2, /^OXO_SECRET does not contain the keys of the backup.* --keys FILE/)
  assertEnds(
    await restore(file, [], { OXO_SECRET: 'x'.repeat(40) }),
    2,
    /^OXO_SECRET does not contain the keys of the backup/,
  )
  writeFileSync(path('others'), 'y'.repeat(40))
  assertEnds(
    await restore(file, ['--keys', path('others')]),
    1,
    /others holds other keys than the backup: name another/,
  )
  assert.equal(readFileSync(path('others'), 'utf8'), 'y'.repeat(40))
  const text = readFileSync(file, 'utf8')
  writeFileSync(path('damaged'), text.replace('\\"x\\":', '\\"y\\":'))
  writeFileSync(path('cut'), text.slice(0, -40))
  assertEnds(await restore(path('damaged'), ['--keys', path('keys')]), 1, /is damaged: entry \d+ of game/)
  assertEnds(await restore(path('cut'), [], { OXO_SECRET: secret }), 1, /cut short/)
  assert.ok(!existsSync(path('keys')))
  await assertNone('refused')

  // If the keys cannot be written, no games are restored. Then restores twice, as after an interrupted restore.
  assertEnds(await restore(file, ['--keys', path('oxo.backup/keys')]), 1, /oxo\.backup\/keys/)
  for (let round = 0; round < 2; round++) assert.equal((await restore(file, ['--keys', path('keys')])).code, 0)
})

test('[X8] a restore into a journal of a cluster with other games is refused, and the journal stays unchanged', async () => {
  using saved = await save()
  const { file, secret, path } = saved
  {
    await using own = await node('used', secret)
    await visit(own.url)
  }
  const env = { OXO_SECRET: secret }
  const exported = async (): Promise<string> => oxo(['export', ...(await flagsOf('used'))])
  const before = await exported()
  // Both journals have the open board, created at different times: two histories of one game.
  assertEnds(
    await run(['restore', file, ...(await flagsOf('used')), '--keys', path('keys')], { env }),
    1,
    /^(?:Game main has another history in this journal|nats:\/\/\S+\/used is in use: it has game )/,
  )
  assert.equal(await exported(), before)
  assert.ok(!existsSync(path('keys')))
})

test('[X7] commands that only read a journal of a cluster never create one, and a backup needs the keys of its nodes', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-restore-'))
  const path = (name: string): string => join(folder.path, name)
  const at = await flagsOf('nowhere')
  const env = { OXO_SECRET: 'x'.repeat(40) }
  assertEnds(await run(['backup', path('oxo.backup'), ...at], { env }), 1, /^There is no journal nowhere on these NATS/)
  assertEnds(await run(['export', path('export'), ...at]), 1, /^There is no journal nowhere on these NATS/)
  await assertNone('nowhere')
  assert.ok(!existsSync(path('oxo.backup')) && !existsSync(path('export')))
  await (await node('there', env.OXO_SECRET)).kill('SIGTERM')
  assertEnds(
    await run(['backup', path('oxo.backup'), ...(await flagsOf('there'))]),
    2,
    /^The nodes have their keys in OXO_SECRET: set OXO_SECRET .* --no-keys/,
  )
  await oxo(['backup', path('oxo.backup'), '--no-keys', ...(await flagsOf('there'))])
  // A backup without keys writes none, even with --keys.
  await oxo(['restore', path('oxo.backup'), ...(await flagsOf('bare')), '--keys', path('keys')])
  assert.ok(!existsSync(path('keys')))
})
