import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { openTokenFile } from './token-file.ts'
import { openScratch } from '../server/testing/scratch.ts'

const server = 'http://localhost:1952'

test('a restarted terminal gets its old account', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const first = openTokenFile(server, { folder })
  assert.equal(first.token, null)
  first.keep('a token')
  first.close()
  assert.equal(openTokenFile(server, { folder }).token, 'a token')
  assert.equal(openTokenFile('http://localhost:1953', { folder }).token, null)
})

test('a server that never answered leaves no file', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const mistyped = openTokenFile('http://locahlost:1952', { folder })
  assert.equal(readdirSync(folder).length, 1)
  mistyped.close()
  assert.deepEqual(readdirSync(folder), [])
})

test('all names of this machine share one account, also after an upgrade from a version with one per name', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const first = openTokenFile('http://127.0.0.1:1952', { folder })
  first.keep('a token')
  first.close()
  for (const name of ['localhost', '127.0.0.1', '[::1]']) {
    const account = openTokenFile(`http://${name}:1952`, { folder })
    assert.equal(account.token, 'a token', name)
    account.close()
  }
  writeFileSync(scratch.path('127.0.0.1%3a2000 Ann.token'.replace(' ', '%20')), 'of an older Oxo\n')
  assert.equal(openTokenFile('http://127.0.0.1:2000', { folder, name: 'Ann' }).token, 'of an older Oxo')
})

test('a command that does not play uses the first account, even while a terminal plays with it, and creates none', () => {
  using scratch = openScratch()
  const { folder } = scratch
  openTokenFile(server, { folder, isLooking: true }).keep('nothing')
  assert.equal(existsSync(folder) ? readdirSync(folder).length : 0, 0)
  const playing = openTokenFile(server, { folder })
  playing.keep('a token')
  assert.equal(openTokenFile(server, { folder, isLooking: true }).token, 'a token')
  playing.close()
})

test('a second terminal gets another account, and keeps it', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const first = openTokenFile(server, { folder })
  first.keep('first')
  const second = openTokenFile(server, { folder })
  assert.equal(second.token, null)
  second.keep('second')
  second.close()
  assert.equal(openTokenFile(server, { folder }).token, 'second')
})

test('a killed terminal does not block its account', async (t) => {
  using scratch = openScratch()
  const { folder } = scratch
  const account = new URL('token-file.ts', import.meta.url).href
  const open = `openTokenFile('${server}', { folder: process.argv[1] }).keep('first')`
  const program = `import { openTokenFile } from '${account}'; ${open}; console.log('open'); process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, folder], { signal: t.signal })
  await once(child.stdout, 'data')
  const beside = openTokenFile(server, { folder })
  assert.equal(beside.token, null)
  beside.close()
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(openTokenFile(server, { folder }).token, 'first')
})

test('a reused process id of a killed terminal does not matter', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const first = openTokenFile(server, { folder })
  first.keep('first')
  first.close()
  writeFileSync(scratch.path('localhost%3a1952.pid'), `${process.ppid}\n`)
  assert.equal(openTokenFile(server, { folder }).token, 'first')
})

test('only the owner can read token files, and no name leaves the folder', () => {
  using scratch = openScratch()
  const { folder } = scratch
  openTokenFile(server, { folder, name: '../é/x' }).keep('token')
  for (const name of readdirSync(folder)) assert.equal(statSync(scratch.path(name)).mode & 0o777, 0o600, name)
  assert.equal(readdirSync(folder).length, 2)
})

test('if no token can be stored, the player gets a new account and a message', async (t) => {
  using scratch = openScratch()
  writeFileSync(scratch.path('file'), '')
  const said = t.mock.method(console, 'error', () => {})
  for (const folder of [scratch.path('file/oxo'), scratch.path('file'), '/proc/oxo', '/proc/oxo/oxo']) {
    const account = openTokenFile(server, { folder })
    assert.equal(account.token, null)
    account.keep('token')
    account.forget()
    account.close()
    const [sentence] = said.mock.calls.at(-1)?.arguments ?? []
    assert.match(String(sentence), new RegExp(`^Accounts cannot be stored in ${folder} \\(E[A-Z]+\\): .*\\.$`))
  }
  assert.equal(said.mock.callCount(), 4)
})

test('an unreadable token file stays unchanged, and a token that cannot be stored does not end the command', async (t) => {
  using scratch = openScratch()
  const { folder } = scratch
  const said = t.mock.method(console, 'error', () => {})
  const first = openTokenFile(server, { folder })
  rmSync(folder, { recursive: true })
  first.keep('token')
  first.close()
  assert.match(String(said.mock.calls.at(-1)?.arguments[0]), /^Your account cannot be stored .*ENOENT/)
  mkdirSync(scratch.path('localhost%3a1952.token'), { recursive: true })
  assert.equal(openTokenFile(server, { folder }).token, null)
  assert.match(String(said.mock.calls.at(-1)?.arguments[0]), /^Accounts cannot be stored in .*EISDIR/)
})

/** Runs in a process of its own; resolves with its output. */
async function keepToken(env: Readonly<Record<string, string>>): Promise<string> {
  const code = `import(${JSON.stringify(import.meta.resolve('./token-file.ts'))}).then(({ openTokenFile }) => openTokenFile('${server}').keep('t'))`
  const child = spawn(process.execPath, ['-e', code], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const [said] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return said
}

test('a relative XDG_CONFIG_HOME is ignored, as its specification says', async () => {
  using scratch = openScratch()
  const { folder } = scratch
  assert.equal(await keepToken({ XDG_CONFIG_HOME: 'relative', HOME: folder }), '')
  assert.deepEqual([readdirSync(folder), existsSync('relative')], [['.config'], false])
  assert.match(
    await keepToken({ XDG_CONFIG_HOME: '', HOME: 'relative' }),
    /^Accounts cannot be stored anywhere \(HOME names no folder\): /,
  )
  assert.equal(existsSync('relative'), false)
})
