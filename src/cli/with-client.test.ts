import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createConnection } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isWithoutTerminals } from '../../e2e/lib/left-out.ts'
import { findFreePort } from '../base/node/index.ts'
import { connect } from '../client/node/index.ts'
import { openTokenFile } from './token-file.ts'
import { openServer } from '../server/open.ts'
import { run, start } from './testing/command.ts'
import { openScratch } from '../server/testing/scratch.ts'
import { Terminal } from './testing/terminal.ts'

/** In ms; a game begins within two seconds. */
const timeout = 60_000
const token = 'of a server whose data is gone'
const inMemory = { port: 0, journal: 'memory' } as const

/** Stores a token that the server does not know. @returns the folder of the accounts */
function openStranger({ folder: config }: { readonly folder: string }, server: string): string {
  const folder = join(config, 'oxo')
  const account = openTokenFile(server, { folder })
  account.keep(token)
  account.close()
  return folder
}

test('a refused token is replaced by a new account, once, and the old token is kept as .old', async () => {
  using scratch = openScratch()
  await using server = await openServer(inMemory)
  const folder = openStranger(scratch, server.url)
  const games = () => run(['games', server.url, '--json'], { env: { XDG_CONFIG_HOME: scratch.folder } })
  const first = await games()
  assert.equal(first.code, 0, first.stderr)
  assert.deepEqual(JSON.parse(first.stdout), { lobby: [], own: [] })
  assert.match(first.stderr, /no longer knows you .*: you get a new account/)
  const second = await games()
  assert.deepEqual([second.code, second.stderr], [0, ''])
  const { port } = new URL(server.url)
  assert.equal(readFileSync(join(folder, `localhost%3a${port}.token.old`), 'utf8').trim(), token)
})

test('a terminal whose token is refused plays with a new account', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  await using server = await openServer(inMemory)
  const folder = openStranger(scratch, server.url)
  const env = { XDG_CONFIG_HOME: scratch.folder }
  using terminal = new Terminal(['play', server.url, '--bot', 'random'], env, t.signal)
  await terminal.until(/a new account[^]*Your move\./)
  terminal.type('q')
  assert.equal(await terminal.ended(), 0)
  const again = openTokenFile(server.url, { folder })
  using client = connect(server.url, { token: again.token })
  assert.equal((await Array.fromAsync(client.games())).length, 1)
})

test('a terminal whose token becomes invalid during play ends as refused', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  const first = await openServer(inMemory)
  const env = { XDG_CONFIG_HOME: scratch.folder }
  using terminal = new Terminal(['play', first.url, '--bot', 'random'], env, t.signal)
  await terminal.until(/Your move\./)
  await first.close()
  await using _second = await openServer({ ...inMemory, port: first.port })
  await terminal.until(/closed: the token/)
  terminal.type('q')
  await terminal.until(/bad-token: the token is not valid here\./)
  assert.equal(await terminal.ended(), 3)
})

test(
  '[C33] bots started before their server print what they wait for, and play once it listens',
  { timeout },
  async () => {
    using scratch = openScratch()
    const port = await findFreePort()
    const url = `http://127.0.0.1:${port}`
    const bots = ['Ada', 'Grace'].map((name) =>
      start(['bot', url, '--games', '1', '--name', name], { XDG_CONFIG_HOME: scratch.folder }),
    )
    const said = bots.map(({ stdout }) => text(stdout))
    const complaints = bots.map(({ stderr }) => once(stderr.setEncoding('utf8'), 'data') as Promise<[string]>)
    for (const [words] of await Promise.all(complaints))
      assert.match(words, /^No Oxo server answers at http.*Trying again for 30 s; Ctrl-C stops\.\n$/)
    await using _server = await openServer({ ...inMemory, port })
    for (const words of await Promise.all(said)) assert.match(words, /1 games: /)
  },
)

test(
  '[C33] a terminal started before its server prints that, and shows the game once the server listens',
  { timeout },
  async (t) => {
    if (isWithoutTerminals(t)) return
    using scratch = openScratch()
    const port = await findFreePort()
    const url = `http://127.0.0.1:${port}`
    using terminal = new Terminal(['play', url, '--bot', 'random'], { XDG_CONFIG_HOME: scratch.folder }, t.signal)
    await terminal.until(/Trying again for 30 s/)
    await using _server = await openServer({ ...inMemory, port })
    await terminal.until(/Your move\./)
    terminal.type('q')
    assert.equal(await terminal.ended(), 0)
  },
)

test('the error of an untrusted certificate differs from the error of a missing server', async () => {
  using scratch = openScratch()
  const testdata = (name: string): string => fileURLToPath(new URL(`../gateway/testdata/${name}`, import.meta.url))
  const tls = { tlsCert: testdata('cert.pem'), tlsKey: testdata('key.pem') }
  await using server = await openServer({ ...inMemory, ...tls })
  const env = { XDG_CONFIG_HOME: scratch.folder }
  const wss = server.url.replace('https', 'wss')
  const gone = 'https://127.0.0.1:9'
  const ask = (...args: readonly string[]) => run(args, { env })
  const untrusted = await Promise.all([
    ask('games', server.url),
    ask('games', wss),
    ask('cluster', 'status', server.url),
  ])
  for (const { code, stderr } of untrusted) {
    assert.equal(code, 4)
    assert.match(
      stderr,
      /^The certificate of (?:https|wss):\S+ is not trusted \([A-Z_]+\): .* NODE_EXTRA_CA_CERTS.*\.\n$/,
    )
  }
  assert.match((await ask('games', gone)).stderr, /^No Oxo server answers at https:/)
})

test('the error says why a server cannot be reached', async () => {
  using scratch = openScratch()
  await using server = await openServer(inMemory)
  const env = { XDG_CONFIG_HOME: scratch.folder }
  const said = async (url: string): Promise<string> => (await run(['games', url], { env })).stderr
  assert.match(await said('http://127.0.0.1:2'), /\(nothing listens there\)/)
  assert.match(await said('tcp://127.0.0.1:9'), /\(connect ECONNREFUSED 127\.0\.0\.1:9\)/)
  assert.match(await said('http://nobody.invalid'), /\((?:host name not found|its host name cannot be looked up now)\)/)
  assert.match(await said(server.url.replace('http:', 'https:')), /\(it does not use TLS: use http:\/\/\)/)
})

test('the error includes the answer of a server or proxy that does not open a WebSocket', async () => {
  using scratch = openScratch()
  const env = { XDG_CONFIG_HOME: scratch.folder }
  await using full = await openServer({ ...inMemory, connectionsPerAddress: 1 })
  const other = createConnection(full.port, '127.0.0.1').setEncoding('utf8')
  other.write('board\n')
  await once(other, 'data')
  const refused = await run(['games', full.url], { env })
  other.destroy()
  assert.equal(refused.code, 3)
  assert.equal(refused.stderr, 'unavailable: too many connections from this address: close one, or try again.\n')

  const proxy = createServer((_request, answer) => answer.writeHead(404).end('nothing here')).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo
  const unanswered = await run(['games', `http://127.0.0.1:${port}`], { env })
  proxy.close()
  assert.equal(unanswered.code, 4)
  assert.match(unanswered.stderr, /\(it answers 404 Not Found instead of opening a WebSocket\): start one/)
})
