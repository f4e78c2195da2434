import assert from 'node:assert/strict'
import { chmodSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findNatsServerOnPath, requireNatsServer } from './nats-program.ts'

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
  assert.equal(requireNatsServer(env), 'nats-server')
  assert.equal(requireNatsServer({ PATH: '', OXO_NATS_SERVER: program }), program)
})

test('[D1] without a nats-server the demonstration says what to install', () => {
  assert.throws(() => requireNatsServer({ PATH: '' }), /nats-server is missing .* install nats-server 2\.12 or newer/)
  const named = { PATH: '', OXO_NATS_SERVER: '/elsewhere' }
  assert.throws(() => requireNatsServer(named), /\/elsewhere is missing .* name it in OXO_NATS_SERVER/)
})
