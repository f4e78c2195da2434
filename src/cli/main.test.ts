import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { connect } from '../client/node/index.ts'
import { openServer } from '../server/open.ts'
import { run, start } from './testing/command.ts'
import { openScratch } from '../server/testing/scratch.ts'

const inMemory = { port: 0, journal: 'memory' } as const

/** Starts `oxo serve` and resolves when it listens. */
async function serve(env: Readonly<Record<string, string>>, ...flags: readonly string[]) {
  const child = start(['serve', ...flags], { OXO_PORT: '0', OXO_LOG_LEVEL: 'info', ...env })
  const log = text(child.stderr)
  const lines = createInterface(child.stdout)
  for await (const line of lines) {
    const url = /listening on (http:\S+)/.exec(line)?.[1]
    if (url !== undefined)
      return { child, url, log, gone: once(child, 'exit') as Promise<[number | null, string | null]> }
  }
  assert.fail(`it did not start: ${await log}`)
}

test('every flag has an environment variable, and the flag takes precedence', async () => {
  using scratch = openScratch()
  const env = { OXO_JOURNAL: `sqlite:${scratch.path('journal.sqlite')}`, OXO_RATE_LIMIT: '7', OXO_DURABILITY: 'disk' }
  const { child, url, gone } = await serve(env, '--durability', 'process')
  using client = connect(url)
  const hello = await client.call('hello')
  assert.equal(hello.durability, 'process')
  assert.deepEqual([hello.limits.requestsPerSecond, hello.limits.requestBurst], [7, 14])
  client.close()
  child.kill('SIGTERM')
  assert.deepEqual(await gone, [0, null])
})

test('at SIGTERM a server notifies its clients, answers, exits with 0, and its log contains no names', async () => {
  const { child, url, log, gone } = await serve({ OXO_JOURNAL: 'memory', OXO_LOG_LEVEL: 'debug' })
  using client = connect(url, { name: 'Ada Lovelace' })
  await client.ready()
  const closing = Promise.withResolvers<number>()
  client.on('server.closing', ({ reconnectInMs }) => closing.resolve(reconnectInMs))
  child.kill('SIGTERM')
  assert.ok((await closing.promise) > 0)
  client.close()
  assert.deepEqual(await gone, [0, null])
  const lines = (await log).trim().split('\n')
  for (const line of lines) assert.doesNotThrow(() => JSON.parse(line), line)
  assert.ok(lines.some((line) => line.includes('"msg":"listening"')))
  assert.doesNotMatch(lines.join('\n'), /Lovelace|eyJ/)
})

test('at SIGTERM while its journal is opening, a server exits at once', { timeout: 60_000 }, async (t) => {
  // Like a NATS server that accepts and never greets: opening waits until its timeout.
  const silent = createServer().listen(0, '127.0.0.1')
  t.after(() => silent.close())
  await once(silent, 'listening')
  const address = silent.address()
  assert.ok(typeof address === 'object' && address !== null)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const connected = once(silent, 'connection')
    const journal = `nats://127.0.0.1:${address.port}`
    const child = start(['serve', '--port', '0', '--journal', journal], { OXO_SECRET: 'x'.repeat(32) })
    t.signal.addEventListener('abort', () => child.kill('SIGKILL'))
    const [gone, stdout] = [once(child, 'exit'), text(child.stdout)]
    await connected
    child.kill(signal)
    assert.deepEqual(await gone, [0, null])
    assert.equal(await stdout, '')
  }
})

test('invalid usage exits with 2 and one error line', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['plya'], /Did you mean play\?/],
    [['serve', '--port', '99999'], /0 to 65535/],
    [['serve', '--durability', 'hope'], /Allowed choices are disk, quorum, process/],
    [['serve', '--allow-origin', 'oxo.example'], /without a path/],
    [['serve', '--rate-limit', '-1'], /whole number/],
    [['serve', '--rate-limit-address', 'many'], /whole number/],
    [['serve', '--trust-proxy', 'proxy.example'], /A proxy is an address or a network/],
    [['serve', '--trust-proxy', '10.0.0.0/33'], /A proxy is an address or a network/],
    [['serve', '--host', '', '--journal', 'memory', '--port', '0'], /An address is like 127\.0\.0\.1/],
    [['serve', '--host', '::1%lo', '--journal', 'memory', '--port', '0'], /An address is like 127\.0\.0\.1/],
    [['play', '--anyone', '--bot', 'perfect'], /'--anyone' cannot be used with option '--bot/],
    [['play', '--hot-seat', '--game', 'main'], /'--hot-seat' cannot be used with option '--game/],
    [['play', '--game', 'main', '--bot', 'perfect'], /'--game <game>' cannot be used with option '--bot/],
    [['watch'], /missing required argument 'game'/],
    [['bot', '--games', '0'], /1 or more/],
    [['bot', '--rules', 'chess'], /^--rules chess: rules are one of/],
    [['bot', '--game', 'n@pe'], /^n@pe is not a game/],
    [['play', '--rules', 'chess'], /rules are one of/],
    [['play', '--clock', 'fast'], /5\+3/],
    [['play', '--hot-seat'], /needs a terminal/],
    [['games', 'ftp://x'], /is not a server address\. Use something like/],
    [['cluster'], /Usage: oxo cluster/],
    [['help', 'nothing'], /Usage: oxo /],
    [['cluster', 'status', 'ftp://x'], /is not a server address\. Use something like/],
  ]
  const ends = await Promise.all(cases.map(([args]) => run(args)))
  for (const [index, { code, stdout, stderr }] of ends.entries()) {
    const [args = [], complaint = /^$/] = cases[index] ?? []
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, complaint)
    assert.equal(stdout, '')
  }
})

test('help with examples is printed on request and without a command', async () => {
  const commands = [
    'serve',
    'play',
    'watch',
    'games',
    'bot',
    'record',
    'verify',
    'export',
    'import',
    'chaos',
    'cluster',
  ]
  const [bare, version, ...helps] = await Promise.all([
    run([]),
    run(['--version']),
    ...commands.map((name) => run([name, '--help'])),
  ])
  assert.equal(bare.code, 0)
  for (const name of commands) assert.match(bare.stdout, new RegExp(`^  ${name}\\b`, 'm'))
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
  for (const { code, stdout } of helps) {
    assert.equal(code, 0)
    assert.match(stdout, /Examples:\n {2}oxo /)
  }
})

test('OXO_URL names the server unless an argument does; help says so', async () => {
  await using server = await openServer(inMemory)
  const env = { OXO_URL: server.url }
  const [found, gone, help] = await Promise.all([
    run(['record', 'main'], { env }),
    run(['record', 'main', 'http://127.0.0.1:9'], { env }),
    run(['record', '--help']),
  ])
  assert.deepEqual([found.code, gone.code], [0, 4])
  // A Compose file passes an unset variable as an empty one.
  const unset = await run(['record', '--help'], { env: { OXO_URL: '' } })
  assert.match(unset.stdout, /default: "http:\/\/localhost:1952"/)
  assert.match(help.stdout, /env: OXO_URL/)
})

test('an output that is not a terminal gets no colours', async () => {
  using scratch = openScratch()
  await using server = await openServer(inMemory)
  const env = { XDG_CONFIG_HOME: scratch.folder, TERM: 'xterm-256color' }
  const commands = [
    ['help'],
    ['plya'],
    ['games', server.url],
    ['record', 'main', server.url],
    ['record', 'x', server.url],
  ]
  const ends = await Promise.all([...commands, ['cluster', 'status', server.url]].map((args) => run(args, { env })))
  for (const { stdout, stderr } of ends) {
    assert.notEqual(stdout + stderr, '')
    assert.ok(!`${stdout}${stderr}`.includes('\u001B'), stdout)
  }
})

test('an unreachable server makes a command exit with 4, a refusal with 3', async () => {
  await using server = await openServer(inMemory)
  const [gone, noNode, refused] = await Promise.all([
    run(['record', 'main', 'http://127.0.0.1:9']),
    run(['cluster', 'status', '127.0.0.1:9']),
    run(['record', 'nope', server.url]),
  ])
  assert.equal(gone.code, 4)
  assert.match(
    gone.stderr,
    /^No Oxo server answers at http:\/\/127\.0\.0\.1:9 \(web clients are not allowed to use this port\): .*\n$/,
  )
  assert.equal(noNode.code, 4)
  assert.match(noNode.stderr, /^No Oxo server answers at http:\/\/127\.0\.0\.1:9.*\n$/)
  assert.equal(refused.code, 3)
  assert.match(refused.stderr, /^no-such-game: .*\.\n$/)
})

test('two bots meet in the lobby, and their game can be watched, recorded and verified', async () => {
  using scratch = openScratch()
  await using server = await openServer(inMemory)
  const env = { XDG_CONFIG_HOME: scratch.folder }
  const [first, second] = await Promise.all(
    ['perfect', 'perfect'].map((level) => run(['bot', server.url, '--level', level])),
  )
  assert.deepEqual([first?.code, second?.code], [0, 0])
  for (const bot of [first, second]) assert.match(bot?.stdout ?? '', /1 games: 0 won, 0 lost, 1 drawn/)
  const link = /http:\S+/.exec(first?.stdout ?? '')?.[0] ?? ''
  const [watched, sheet, record, listed] = await Promise.all([
    run(['watch', link, '--json']),
    run(['record', link]),
    run(['record', link, '--json']),
    run(['games', server.url, '--json'], { env }),
  ])
  assert.equal(JSON.parse(watched.stdout).outcome.by, 'full')
  assert.match(sheet.stdout, /^Outcome: draw by full$/m)
  assert.deepEqual(JSON.parse(listed.stdout), { lobby: [], own: [] })
  const verified = await run(['verify', '-'], { input: record.stdout })
  assert.match(verified.stdout, new RegExp(`holds: version 11, head ${JSON.parse(record.stdout).head}`))
})

test('a bot joins the game named by a link, and exits when it is over', async () => {
  await using server = await openServer(inMemory)
  using client = connect(server.url)
  const game = await client.create({ seat: 'X', rules: 'notakto' })
  const link = `${server.url}/games/${game.id}`
  // As for `play`, the game may be an argument or a flag.
  const bot = run(['bot', '--game', link, '--level', 'perfect', '--name', 'Deep'])
  await game.until(({ players }) => players.O !== null)
  assert.equal(game.view.players.O?.name, 'Deep')
  await game.resign()
  const { code, stdout } = await bot
  assert.equal(code, 0)
  assert.match(stdout, /^sat down at .*\nwon against .*, 1 of 1\n1 games: 1 won, 0 lost, 0 drawn\n$/)
})

test('when a server forgets all accounts, `watch` and `play` exit with its reason, not with success', async (t) => {
  const first = await openServer(inMemory)
  const commands = [
    ['watch', 'main', first.url],
    ['bot', first.url],
  ]
  const children = commands.map((args) => start(args))
  for (const child of children) t.signal.addEventListener('abort', () => child.kill('SIGKILL'))
  const ends = children.map((child) => Promise.all([once(child, 'close'), text(child.stderr)]))
  await Promise.all(children.map((child) => once(child.stdout, 'data')))
  await first.close()
  await using _second = await openServer({ ...inMemory, port: first.port })
  for (const [index, end] of ends.entries()) {
    const [[code], stderr] = await end
    assert.deepEqual([code, stderr], [3, 'bad-token: the token is not valid here.\n'], String(commands[index]))
  }
})

test('when the reader of stdout closes it, a command ends quietly and a server continues', async () => {
  const { child, url, gone } = await serve({ OXO_JOURNAL: 'memory' })
  child.stdout.destroy()
  assert.equal((await fetch(`${url}/livez`)).status, 200)
  const watcher = start(['watch', 'main', url])
  await once(watcher.stdout, 'data')
  watcher.stdout.destroy()
  await fetch(`${url}/games/main/moves`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ x: 1, y: 1 }),
  })
  assert.deepEqual(await once(watcher, 'exit'), [0, null])
  child.kill('SIGTERM')
  assert.deepEqual(await gone, [0, null])
})
