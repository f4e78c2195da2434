import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { connect } from '../client/node/index.ts'
import { listAddresses, makeBanner } from '../cli/serve/command.ts'
import { openServer } from './open.ts'
import type { Stop } from './stop.ts'
import { openScratch } from './testing/scratch.ts'

const anyPort = { port: 0, host: '127.0.0.1' } as const

/** Checks the kind of the error, and that its message is one sentence. */
function endsWith(ending: Stop['ending'], sentence: RegExp) {
  return (fault: Stop): boolean =>
    fault.ending === ending && sentence.test(fault.message) && fault.message.endsWith('.')
}

test('a server keeps what it acknowledged, and knows its accounts after a restart', async () => {
  using scratch = openScratch()
  const journal = `sqlite:${scratch.path('data/journal.sqlite')}`
  let token = ''
  {
    await using server = await openServer({ ...anyPort, journal })
    assert.equal(server.durability, 'disk')
    using client = connect(server.url, { name: 'Ada', onToken: (given) => (token = given) })
    const handle = await client.create({ game: 'kept', opponent: { bot: 'perfect' } })
    await handle.move(1, 1)
    await handle.until(({ version }) => version === 3)
  }
  assert.equal(statSync(scratch.path('data/secret')).mode & 0o777, 0o600)
  await using server = await openServer({ ...anyPort, journal })
  using client = connect(server.url, { token })
  assert.equal((await client.ready()).name, 'Ada')
  const [game] = await Array.fromAsync(client.games())
  assert.equal(game?.game, 'kept')
  assert.equal((await client.game('kept')).view.version, 3)
})

test('in memory nothing is written', async () => {
  using scratch = openScratch()
  const { folder } = scratch
  await using server = await openServer({ ...anyPort, journal: 'memory' })
  assert.equal(server.durability, 'memory')
  assert.equal(existsSync(`${folder}/secret`), false)
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
})

test('a journal has one server', async () => {
  using scratch = openScratch()
  const journal = `sqlite:${scratch.path('journal.sqlite')}`
  await using server = await openServer({ ...anyPort, journal })
  await assert.rejects(openServer({ ...anyPort, journal }), endsWith('failed', /in use by another process/))
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
})

test('an unusable setting is reported in one sentence, and the journal is unlocked again', async () => {
  using scratch = openScratch()
  const journal = `sqlite:${scratch.path('journal.sqlite')}`
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  assert.ok(typeof address === 'object' && address !== null)
  await assert.rejects(
    openServer({ ...anyPort, journal, port: address.port }),
    endsWith('failed', /is already in use: choose another/),
  )
  taken.close()
  await assert.rejects(
    openServer({ ...anyPort, journal, host: '203.0.113.1' }),
    endsWith('failed', /not an address of this machine/),
  )
  writeFileSync(scratch.path('cert.pem'), 'no certificate')
  const file = scratch.path('cert.pem')
  const tls = { tlsCert: file, tlsKey: file }
  await assert.rejects(
    openServer({ ...anyPort, journal, ...tls }),
    endsWith('failed', /certificate or its key.*no certificate in PEM/),
  )
  await assert.rejects(openServer({ ...anyPort, journal, tlsCert: file }), endsWith('usage', /both/))
  await assert.rejects(openServer({ ...anyPort, journal: 'postgres:x' }), endsWith('usage', /sqlite:FILE/))
  await assert.rejects(
    openServer({ ...anyPort, journal: 'memory', durability: 'process' }),
    endsWith('usage', /--durability process .* --journal memory/),
  )
  await using server = await openServer({ ...anyPort, journal })
  assert.ok(server.port > 0)
})

test('pages come from the named folder, or are disabled', async () => {
  using scratch = openScratch()
  const { folder } = scratch
  const inMemory = { ...anyPort, journal: 'memory' } as const
  await assert.rejects(openServer({ ...inMemory, pages: folder }), endsWith('failed', /no pages in .*: name a folder/))
  writeFileSync(scratch.path('index.html'), 'the page')
  await using server = await openServer({ ...inMemory, pages: folder })
  const headers = { Accept: 'text/html' }
  assert.equal(await (await fetch(server.url, { headers })).text(), 'the page')
  await using without = await openServer({ ...inMemory, pages: false })
  assert.match(await (await fetch(without.url, { headers })).text(), /Nothing is here for a browser yet/)
  assert.deepEqual([server.hasPages, without.hasPages], [true, false])
})

/** The parts of a server that its first lines describe. */
const listening = {
  host: '127.0.0.1',
  port: 1952,
  url: 'http://127.0.0.1:1952',
  durability: 'disk',
  journal: 'journal.sqlite',
  hasPages: true,
  failed: Promise.resolve(''),
  close: () => Promise.resolve(),
  renewCertificate: () => Promise.resolve(),
} as const

test('the first lines say where to go', () => {
  const lines = makeBanner(listening).split('\n')
  for (const line of [
    'Oxo is listening on http://127.0.0.1:1952',
    '  in a browser   http://127.0.0.1:1952/',
    "  play here      printf 'X 1 1\\nquit\\n' | nc 127.0.0.1 1952",
    '  see the board  curl http://127.0.0.1:1952/games/main',
    '  in a terminal  oxo play http://127.0.0.1:1952',
    'An acknowledged move survives a power cut (disk); games are in journal.sqlite',
  ])
    assert.ok(lines.includes(line), line)
  assert.match(
    makeBanner({ ...listening, durability: 'memory' }),
    /Games are kept in memory: they end with this process/,
  )
  assert.match(makeBanner({ ...listening, hasPages: false }), /in a browser   web pages are off/)
})

test('with a certificate a person is told https, and a script what it waits for', () => {
  const lines = makeBanner({ ...listening, url: 'https://127.0.0.1:1952' }).split('\n')
  for (const line of [
    'Oxo is listening on http://127.0.0.1:1952 and https://127.0.0.1:1952',
    '  in a browser   https://127.0.0.1:1952/',
    "  play here      printf 'X 1 1\\nquit\\n' | nc 127.0.0.1 1952",
    '  see the board  curl https://127.0.0.1:1952/games/main',
    '  in a terminal  oxo play https://127.0.0.1:1952',
    'https:// works with a trusted certificate and a name in it; http:// and nc work everywhere, unencrypted.',
  ])
    assert.ok(lines.includes(line), line)
})

test('a server that lets friends in says what they open, for a link to localhost is of no use to them', () => {
  const server = { ...listening, host: '0.0.0.0', url: 'http://localhost:1952' } as const
  const own = { family: 'IPv4', internal: false, address: '192.0.2.7' } as const
  const networks = [
    { ...own, internal: true, address: '127.0.0.1' },
    { ...own, family: 'IPv6', address: 'fe80::1' },
    own,
  ]
  assert.match(makeBanner(server, networks), /^Share http:\/\/192\.0\.2\.7:1952\. .*Ctrl-C stops\.$/m)
  const encrypted = { ...server, url: 'https://localhost:1952' } as const
  assert.match(makeBanner(encrypted, networks), /^Share https:\/\/ and a name in the certificate, port 1952\. /m)
  assert.match(makeBanner({ ...server, host: '::' }, networks), /^Share http:\/\/192\.0\.2\.7:1952\. /m)
  const six = { ...own, family: 'IPv6', address: '2001:db8::7' } as const
  assert.match(makeBanner(server, [{ ...six, address: 'fe80::1' }, six]), /^Share http:\/\/\[2001:db8::7\]:1952\. /m)
  const alone = makeBanner({ ...listening, host: '::1', url: 'http://[::1]:1952' })
  assert.match(alone, /\| nc ::1 1952$/m)
  assert.match(alone, /oxo play http:\/\/\[::1\]:1952$/m)
  assert.match(makeBanner(server, []), /^Ctrl-C stops\.$/m)
  assert.doesNotMatch(makeBanner({ ...server, host: '192.0.2.9' }, networks), /Share/)
  assert.doesNotMatch(makeBanner({ ...server, host: '127.0.0.1' }, networks), /Share/)
})

test('a process that may not know its networks, as under systemd with RestrictAddressFamilies, serves all the same', () => {
  const refused = (): never => {
    throw Object.assign(new Error('uv_interface_addresses returned Unknown system error 97'), { errno: 97 })
  }
  assert.deepEqual(listAddresses(refused), [])
  assert.ok(listAddresses().some(({ internal }) => internal))
})

test('a file that is no journal is left as it is', async () => {
  using scratch = openScratch()
  writeFileSync(scratch.path('journal.sqlite'), 'my diary, and no database at all'.repeat(100))
  const journal = `sqlite:${scratch.path('journal.sqlite')}`
  await assert.rejects(openServer({ ...anyPort, journal }), endsWith('failed', /damaged/))
  assert.equal(existsSync(scratch.path('secret')), false)
})

/** How many of these requests, each on a connection of its own, are answered as rate-limited. */
async function countRefused(url: string, client: (index: number) => string): Promise<number> {
  const statuses: number[] = []
  for (let index = 0; index < 20; index++) {
    const headers = { 'X-Forwarded-For': client(index), Connection: 'close' }
    statuses.push((await fetch(`${url}/livez`, { headers })).status)
  }
  return statuses.filter((status) => status === 429).length
}

test('[S43] [W29] the rate of an address is a flag, and of a proxy that is named each client has its own', async () => {
  const own = { ...anyPort, journal: 'memory', pages: false, rateLimitAddress: 2, trustProxy: ['127.0.0.1'] } as const
  await using server = await openServer(own)
  assert.equal(await countRefused(server.url, (index) => `192.0.2.${index}`), 0)
  assert.ok((await countRefused(server.url, () => '198.51.100.7')) > 0)
})

test('[S43] without a limit on requests there is none on addresses', async () => {
  await using server = await openServer({ ...anyPort, journal: 'memory', pages: false, rateLimit: 0 })
  using client = connect(server.url)
  const made = await Promise.all(Array.from({ length: 1_000 }, () => client.call('game.create', { seats: 'open' })))
  assert.equal(made.length, 1_000)
})
