import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isWithoutTerminals } from '../../e2e/lib/left-out.ts'
import { connect } from '../client/node/index.ts'
import { openAccount } from './account.ts'
import { openServer } from './serve.ts'
import { run } from './testing/command.ts'
import { openScratch } from './testing/scratch.ts'
import { Terminal } from './testing/terminal.ts'

/** In ms; a game is begun in two seconds. */
const timeout = 60_000
const token = 'of a server whose data is gone'
const inMemory = { port: 0, journal: 'memory' } as const

/** A terminal that has a token which the server does not know. @returns the folder of its accounts */
function openStranger({ folder: config }: { readonly folder: string }, server: string): string {
  const folder = join(config, 'oxo')
  const account = openAccount(server, { folder })
  account.keep(token)
  account.close()
  return folder
}

test('whom a server no longer knows goes on as somebody new, once, and the old token is put aside', async () => {
  using scratch = openScratch()
  await using server = await openServer(inMemory)
  const folder = openStranger(scratch, server.url)
  const games = () => run(['games', server.url, '--json'], { env: { XDG_CONFIG_HOME: scratch.folder } })
  const first = await games()
  assert.equal(first.code, 0, first.stderr)
  assert.deepEqual(JSON.parse(first.stdout), { lobby: [], own: [] })
  assert.match(first.stderr, /no longer knows you .*: you are somebody new/)
  const second = await games()
  assert.deepEqual([second.code, second.stderr], [0, ''])
  const { host } = new URL(server.url)
  assert.equal(readFileSync(join(folder, `${host.replace(':', '%3a')}.token.old`), 'utf8').trim(), token)
})

test('a terminal that a server no longer knows plays there all the same', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  await using server = await openServer(inMemory)
  const folder = openStranger(scratch, server.url)
  const env = { XDG_CONFIG_HOME: scratch.folder }
  using terminal = new Terminal(['play', server.url, '--bot', 'random'], env, t.signal)
  await terminal.until(/somebody new[^]*Your move\./)
  terminal.type('q')
  assert.equal(await terminal.ended(), 0)
  const again = openAccount(server.url, { folder })
  using client = connect(server.url, { token: again.token })
  assert.equal((await Array.fromAsync(client.games())).length, 1)
})

test('a terminal whose server has forgotten it meanwhile ends as refused', { timeout }, async (t) => {
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

test('a certificate that is not trusted is told from a server that is not there', async () => {
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
