import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { openTokenFile } from './token-file.ts'
import { openScratch } from '../server/testing/scratch.ts'

const server = 'http://localhost:1952'

test('a terminal that is started again is who it was', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const first = openTokenFile(server, { folder })
  assert.equal(first.token, null)
  first.keep('a token')
  first.close()
  assert.equal(openTokenFile(server, { folder }).token, 'a token')
  assert.equal(openTokenFile('http://localhost:1953', { folder }).token, null)
})

test('a server that never answered leaves nothing behind', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const mistyped = openTokenFile('http://locahlost:1952', { folder })
  assert.equal(readdirSync(folder).length, 1)
  mistyped.close()
  assert.deepEqual(readdirSync(folder), [])
})

test('this machine is one server, by whichever of its names, also where an older Oxo kept one for each', () => {
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

test('who only looks is the first account, also beside a terminal that plays as it, and makes none', () => {
  using scratch = openScratch()
  const { folder } = scratch
  openTokenFile(server, { folder, isLooking: true }).keep('nothing')
  assert.equal(existsSync(folder) ? readdirSync(folder).length : 0, 0)
  const playing = openTokenFile(server, { folder })
  playing.keep('a token')
  assert.equal(openTokenFile(server, { folder, isLooking: true }).token, 'a token')
  playing.close()
})

test('a terminal beside another one is somebody else, and stays so', () => {
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

test('a terminal that was killed does not keep its account from the next', async (t) => {
  using scratch = openScratch()
  const { folder } = scratch
  const account = new URL('token-file.ts', import.meta.url).href
  const open = `openAccount('${server}', { folder: process.argv[1] }).keep('first')`
  const program = `import { openAccount } from '${account}'; ${open}; console.log('open'); process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, folder], { signal: t.signal })
  await once(child.stdout, 'data')
  const beside = openTokenFile(server, { folder })
  assert.equal(beside.token, null)
  beside.close()
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(openTokenFile(server, { folder }).token, 'first')
})

test('a number that a killed terminal had, and another process has now, means nothing', () => {
  using scratch = openScratch()
  const { folder } = scratch
  const first = openTokenFile(server, { folder })
  first.keep('first')
  first.close()
  writeFileSync(scratch.path('localhost%3a1952.pid'), `${process.ppid}\n`)
  assert.equal(openTokenFile(server, { folder }).token, 'first')
})

test('tokens are for their owner only, and names keep to the folder', () => {
  using scratch = openScratch()
  const { folder } = scratch
  openTokenFile(server, { folder, name: '../é/x' }).keep('token')
  for (const name of readdirSync(folder)) assert.equal(statSync(scratch.path(name)).mode & 0o777, 0o600, name)
  assert.equal(readdirSync(folder).length, 2)
})

test('where nothing can be kept, whoever plays is a stranger, and is told', async (t) => {
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
    assert.match(String(sentence), new RegExp(`^Accounts cannot be kept in ${folder} \\(E[A-Z]+\\): .*\\.$`))
  }
  assert.equal(said.mock.callCount(), 4)
})

test('a token that cannot be read is left as it is, and one that cannot be kept stops nobody', async (t) => {
  using scratch = openScratch()
  const { folder } = scratch
  const said = t.mock.method(console, 'error', () => {})
  const first = openTokenFile(server, { folder })
  rmSync(folder, { recursive: true })
  first.keep('token')
  first.close()
  assert.match(String(said.mock.calls.at(-1)?.arguments[0]), /^Your account cannot be kept .*ENOENT/)
  mkdirSync(scratch.path('localhost%3a1952.token'), { recursive: true })
  assert.equal(openTokenFile(server, { folder }).token, null)
  assert.match(String(said.mock.calls.at(-1)?.arguments[0]), /^Accounts cannot be kept in .*EISDIR/)
})

/** In a process of its own; resolves with what that says of it. */
async function keepToken(env: Readonly<Record<string, string>>): Promise<string> {
  const code = `import(${JSON.stringify(import.meta.resolve('./token-file.ts'))}).then(({ openAccount }) => openAccount('${server}').keep('t'))`
  const child = spawn(process.execPath, ['-e', code], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const [said] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return said
}

test('a folder that is named from somewhere is none, as the specification of XDG_CONFIG_HOME says', async () => {
  using scratch = openScratch()
  const { folder } = scratch
  assert.equal(await keepToken({ XDG_CONFIG_HOME: 'relative', HOME: folder }), '')
  assert.deepEqual([readdirSync(folder), existsSync('relative')], [['.config'], false])
  assert.match(
    await keepToken({ XDG_CONFIG_HOME: '', HOME: 'relative' }),
    /^Accounts cannot be kept anywhere \(HOME names no folder\): /,
  )
  assert.equal(existsSync('relative'), false)
})
