/** Games move from a single server to a cluster and back with their hashes and addresses, and players continue them. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../src/cli/testing/command.ts'
import { connect } from '../src/client/node/index.ts'
import { openServer } from '../src/server/open.ts'
import { NatsCluster } from './lib/nats-cluster.ts'

const anyPort = { port: 0, host: '127.0.0.1', pages: false, rateLimit: 0 } as const

async function oxo(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args)
  assert.equal(code, 0, stderr)
  return stdout
}

/** The lines of an export by game. They do not depend on the journal's engine. */
const entriesOf = (file: string): Readonly<Record<string, readonly string[] | undefined>> => {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"game"'))
  return Object.groupBy(lines, (line) => JSON.parse(line).game)
}

test('[X6] games move from SQLite to a cluster and back, and their players continue them', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-moving-'))
  const path = (name: string): string => join(folder.path, name)
  await using nats = await NatsCluster.start({ servers: 3 })
  const games = Array.from({ length: 20 }, (_, index) => `game-${index}`)
  let token = ''
  const secret = 'a secret that is the same on every node and long enough'
  {
    await using server = await openServer({ ...anyPort, secret, journal: `sqlite:${path('journal.sqlite')}` })
    using client = connect(server.url, { name: 'Ada', onToken: (given) => (token = given) })
    for (const game of games) {
      const handle = await client.create({ game, opponent: { bot: 'perfect' }, seat: 'X' })
      await handle.move(1, 1)
      await handle.until(({ version }) => version === 3)
    }
  }
  const [out, back] = [path('out.ndjson'), path('back.ndjson')]
  await oxo('export', out, '--journal', `sqlite:${path('journal.sqlite')}`)
  // First an interrupted import: half of the export, without an end.
  const half = readFileSync(out, 'utf8').slice(0, 9000)
  const broken = await run(['import', '--journal', nats.url], { input: half })
  assert.equal(broken.code, 1)
  assert.match(await oxo('import', out, '--journal', nats.url), /61 entries of 21 games are in nats:.*, 61 of them new/)
  assert.match(await oxo('import', out, '--journal', nats.url), /, 0 of them new/)
  {
    await using server = await openServer({ ...anyPort, secret, journal: nats.url })
    using client = connect(server.url, { token })
    assert.equal((await client.ready()).name, 'Ada')
    for (const game of games) {
      const handle = await client.game(game)
      assert.equal(handle.view.version, 3)
      const free = handle.view.board.indexOf('.')
      await handle.move(free % 3, Math.floor(free / 3))
    }
    const seen = await fetch(`${server.url}/games/${games[0] ?? ''}`, { headers: { Accept: 'application/json' } })
    assert.equal(seen.status, 200)
  }
  await oxo('export', back, '--journal', nats.url)
  const [before, after] = [entriesOf(out), entriesOf(back)]
  for (const [game, lines = []] of Object.entries(before)) {
    assert.deepEqual(after[game]?.slice(0, lines.length), lines)
    assert.ok(game === 'main' || (after[game]?.length ?? 0) > lines.length)
  }
  await oxo('import', back, '--journal', `sqlite:${path('again.sqlite')}`)
  await oxo('export', path('again.ndjson'), '--journal', `sqlite:${path('again.sqlite')}`)
  assert.deepEqual(entriesOf(path('again.ndjson')), after)
})
