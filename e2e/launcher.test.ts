/** The installed `oxo` command. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const launcher = join(root, 'bin/oxo.js')

test('the command runs from any working folder', async () => {
  const child = spawn(process.execPath, [launcher, '--version'], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
  assert.equal((await text(child.stdout)).trim(), version)
})

test('a server ends at once when its launcher, which an old Node needs, has ended', async () => {
  const child = await serve({ OXO_LAUNCHER: String(process.pid) })
  const gone = once(child, 'exit')
  child.disconnect()
  assert.deepEqual(await gone, [null, 'SIGKILL'])
})

test('a server without a launcher ignores a closed IPC channel', async () => {
  const child = await serve({})
  const gone = once(child, 'exit')
  child.disconnect()
  child.kill('SIGTERM')
  assert.deepEqual(await gone, [0, null])
})

/** Starts a server with an IPC channel to this process; resolves when it listens. */
async function serve(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [launcher, 'serve', '--port', '0', '--journal', 'memory'], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    env: { ...process.env, ...env },
  })
  assert.ok(child.stdout !== null)
  for await (const line of createInterface(child.stdout)) if (line.includes('listening')) break
  return child
}
