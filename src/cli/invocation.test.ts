import assert from 'node:assert/strict'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { isWithoutTerminals } from '../../e2e/lib/left-out.ts'
import { commandIn } from './invocation.ts'
import { openServer } from '../server/open.ts'
import { run, start } from './testing/command.ts'
import { openScratch } from '../server/testing/scratch.ts'
import { Terminal } from './testing/terminal.ts'

/** In ms; a new game appears within two seconds. */
const timeout = 60_000
/** The variables that npm sets for a script of the checkout. */
const inCheckout = { npm_package_name: 'oxo', npm_lifecycle_event: 'oxo' } as const
const elsewhere = { npm_package_name: 'another', npm_lifecycle_event: 'start' } as const

test('the command is `oxo` where it is installed, and goes through npm in a checkout', () => {
  for (const script of ['start', 'oxo', 'dev'])
    assert.equal(commandIn({ ...inCheckout, npm_lifecycle_event: script }), 'npm run -s oxo --')
  for (const env of [{}, elsewhere, { ...inCheckout, npm_lifecycle_event: 'test' }]) assert.equal(commandIn(env), 'oxo')
})

test('commands that a command suggests work for its user', async () => {
  using scratch = openScratch()
  await using server = await openServer({ port: 0, journal: 'memory' })
  const config = { XDG_CONFIG_HOME: scratch.folder }
  const [installed, cloned, gone, noRecord] = await Promise.all([
    run(['games', server.url], { env: { ...config, ...elsewhere } }),
    run(['games', server.url], { env: { ...config, ...inCheckout } }),
    run(['games', 'http://127.0.0.1:9'], { env: { ...config, ...inCheckout } }),
    run(['verify', '-'], { env: inCheckout, input: 'no record' }),
  ])
  assert.match(installed.stdout, /`oxo play http:\S+` begins one/)
  assert.match(
    cloned.stdout,
    /`npm run -s oxo -- play --anyone http:\S+` does\.[^]*`npm run -s oxo -- play http:\S+` begins one/,
  )
  assert.match(gone.stderr, /start one with `npm start`/)
  assert.match(noRecord.stderr, /`npm run -s oxo -- record GAME --json` makes one/)
})

test('commands that a server suggests work for its user', async (t) => {
  const child = start(['serve', '--port', '0', '--journal', 'memory'], { ...inCheckout, npm_lifecycle_event: 'start' })
  t.signal.addEventListener('abort', () => child.kill('SIGKILL'))
  const said = text(child.stdout)
  await once(child.stderr, 'data')
  child.kill()
  const banner = await said
  assert.match(banner, /in a terminal  npm run -s oxo -- play http:\/\/127\.0\.0\.1:\d+\n/)
  assert.match(banner, /Only this machine can connect; npm start -- --host 0\.0\.0\.0 lets friends in/)
})

test('the command for a friend works in a checkout', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using scratch = openScratch()
  await using server = await openServer({ port: 0, journal: 'memory' })
  const env = { XDG_CONFIG_HOME: scratch.folder, ...inCheckout }
  using terminal = new Terminal(['play', server.url], env, t.signal)
  await terminal.until(/A friend types\s+npm run -s oxo -- play http:\S+\/games\/[\w-]{22}\s/)
  terminal.type('q')
  await terminal.until(/Continue the game: npm run -s oxo -- play http/)
  assert.equal(await terminal.ended(), 0)
})
