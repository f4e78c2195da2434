/** The package as npm installs it: with what its types are made of, and what its users need works without another. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempDisposableSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const timeout = 120_000

/** The names of the types that a program can import from the root. */
const types =
  'Account AskOptions ClientOptions Clock CommandOptions ConnectionState Dial ErrorDetail ErrorName GameRecord GameSummary ' +
  'GameView Hello Level Mark MarkRule MethodName MoveOptions Notification NotificationName OfferKind Outcome Params Place ' +
  'Player Random Result Retry Rules Sha256 TimeControl Timer Transport TransportListener Unanswered'

/** npm fetches nothing, runs no script, and keeps what it keeps in `home`. */
function run(home: string, cwd: string, command: string, args: readonly string[]): string {
  const env = { PATH: process.env['PATH'], HOME: home, npm_config_offline: 'true', npm_config_ignore_scripts: 'true' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

test(
  '[C23] npm install brings the package and its types, with which a client and the command work',
  { timeout },
  () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-package-'))
    const { path } = folder
    const packed = run(path, root, 'npm', ['pack', '--silent', '--pack-destination', path]).trim()
    writeFileSync(join(path, 'package.json'), '{ "private": true, "type": "module" }')
    // Nothing is fetched: the one dependency is at hand.
    const typebox = run(path, join(root, 'node_modules/typebox'), 'npm', [
      'pack',
      '--silent',
      '--pack-destination',
      path,
    ]).trim()
    run(path, path, 'npm', ['install', '--silent', '--no-save', join(path, typebox), join(path, packed)])
    assert.deepEqual(
      readdirSync(join(path, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['oxo', 'typebox'],
    )
    writeFileSync(
      join(path, 'a.mjs'),
      "import { connect } from 'oxo'; import { presets } from 'oxo/game'; console.log(typeof connect, typeof presets)",
    )
    assert.equal(run(path, path, process.execPath, ['a.mjs']).trim(), 'function object')
    const command = join(path, 'node_modules/oxo/bin/oxo.js')
    assert.match(run(path, path, process.execPath, [command, 'help']), /oxo serve/)
    assert.match(run(path, path, process.execPath, [command, 'help', 'play']), /hot-seat/)
    // The terminal's library is there: it asks for a terminal, and does not miss a package.
    const { stderr } = spawnSync(process.execPath, [command, 'play', '--hot-seat'], { encoding: 'utf8' })
    assert.match(stderr, /needs a terminal/)
    const nats = ['serve', '--journal', 'nats://127.0.0.1:1/none']
    const env = { ...process.env, OXO_SECRET: 'x'.repeat(40) }
    assert.match(
      spawnSync(process.execPath, [command, ...nats], { encoding: 'utf8', env, cwd: path }).stderr,
      /No NATS server/,
    )
    writeFileSync(
      join(path, 'a.ts'),
      `import type { ${types.replaceAll(' ', ', ')} } from 'oxo'\nexport type All = [${types
        .split(' ')
        .map((name) => (/^(?:Params|Result|Notification)$/.test(name) ? `${name}<never>` : name))
        .join(', ')}]\n`,
    )
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    run(path, path, process.execPath, [
      compiler,
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--types',
      '',
      'a.ts',
    ])
  },
)
