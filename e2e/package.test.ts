/** The package as npm installs it: it has complete types, and a client and the command work without other packages. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const timeout = 120_000

/** The names of the types that a program can import from `oxo`. */
const types =
  'Account AskOptions ClientOptions Clock CommandOptions ConnectionState Dial ErrorDetail ErrorName GameRecord GameSummary ' +
  'GameView Hello Level Mark MarkRule MethodName MoveOptions Notification NotificationName OfferKind Outcome Params Place ' +
  'Player Random Result Retry Rules Sha256 TimeControl Timer Transport TransportListener Unanswered'

/** Runs a command with npm offline, without install scripts, and with its cache in `home`. */
function run(home: string, cwd: string, command: string, args: readonly string[]): string {
  const env = { PATH: process.env['PATH'], HOME: home, npm_config_offline: 'true', npm_config_ignore_scripts: 'true' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

test('[C23] npm install provides the package with its types, and a client and the command work', { timeout }, () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-package-'))
  const { path } = folder
  const packed = run(path, root, 'npm', ['pack', '--silent', '--pack-destination', path]).trim()
  writeFileSync(join(path, 'package.json'), '{ "private": true, "type": "module" }')
  // Nothing is downloaded: the one dependency is packed from node_modules.
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
    "import { connect } from 'oxo'; import { presets } from 'oxo/game'; " +
      "import { limits } from 'oxo/protocol'; console.log(typeof connect, typeof presets, typeof limits)",
  )
  assert.equal(run(path, path, process.execPath, ['a.mjs']).trim(), 'function object object')
  const command = join(path, 'node_modules/oxo/bin/oxo.js')
  assert.match(run(path, path, process.execPath, [command, 'help']), /oxo serve/)
  assert.match(run(path, path, process.execPath, [command, 'help', 'play']), /hot-seat/)
  // The description that it writes names a schema that is in the package.
  run(path, path, process.execPath, [command, 'grade', '--init'])
  const [, schema = ''] = /\$schema=(.*)/.exec(readFileSync(join(path, 'homework.yaml'), 'utf8')) ?? []
  assert.equal(run(path, path, process.execPath, [command, 'grade', '--schema']), readFileSync(schema, 'utf8'))
  // The bundled terminal library is present: the command asks for a terminal instead of a package.
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
})
