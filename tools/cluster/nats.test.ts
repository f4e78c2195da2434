import assert from 'node:assert/strict'
import { chmodSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findNatsServerOnPath, findOrInstallNatsServer } from './nats.ts'

test('a nats-server in the path is used if it is new enough and OXO_NATS_SERVER is not set', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-nats-'))
  const env = { PATH: folder.path }
  assert.equal(findNatsServerOnPath(env), null)
  const program = join(folder.path, 'nats-server')
  for (const [version, isTaken] of [
    ['2.9.10', false],
    ['2.12.0', true],
    ['2.15.1', true],
    ['3.0.0', true],
  ] as const) {
    writeFileSync(program, `#!/bin/sh\necho 'nats-server: v${version}'\n`)
    chmodSync(program, 0o755)
    assert.equal(findNatsServerOnPath(env), isTaken ? 'nats-server' : null, version)
  }
  assert.equal(findNatsServerOnPath({ ...env, OXO_NATS_SERVER: '/elsewhere' }), null)
})

test('if none can be fetched, the error says what to install and how to name it', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-nats-'))
  const path = process.env['PATH']
  process.env['PATH'] = folder.path
  try {
    const env = { PATH: folder.path, XDG_CACHE_HOME: folder.path }
    assert.throws(
      () => findOrInstallNatsServer('current', env),
      /install nats-server 2\.12 .* name it in OXO_NATS_SERVER/,
    )
  } finally {
    process.env['PATH'] = path
  }
})
