import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findOrInstallNatsServer } from './nats.ts'

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
