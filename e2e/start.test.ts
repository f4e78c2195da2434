/** The modules that `oxo serve` has loaded when it listens, which determine the time of its start. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { inspectMachine } from '../bench/lib/machine.ts'
import { leaveOut } from './lib/left-out.ts'

/** The most files of the bundle that a start may load; the sources are hundreds of files. */
const filesMax = 40

/** Runs in the server: prints what is loaded when it listens, and exits. */
const probe = `
  const { Server } = require('node:net')
  const files = []
  require('node:module').registerHooks({
    load: (url, context, next) => (files.push(url), next(url, context)),
  })
  const { listen } = Server.prototype
  Server.prototype.listen = function (...args) {
    this.once('listening', () => {
      require('node:fs').writeSync(1, JSON.stringify({ files, builtins: process.moduleLoadList }))
      process.exit()
    })
    return listen.apply(this, args)
  }
`

interface Loaded {
  readonly files: readonly string[]
  readonly builtins: readonly string[]
}

async function probeStart(program: string, journal: string): Promise<Loaded> {
  const code = `${probe}; import(${JSON.stringify(join(import.meta.dirname, '..', program))})`
  const flags = ['--no-pages', '--port', '0', '--journal', journal]
  const child = spawn(process.execPath, ['-e', code, 'oxo', 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(await text(child.stdout)) as Loaded
}

/** True if `fetch` is loaded, which takes as long as everything else together. */
const loadsFetch = ({ builtins }: Loaded): boolean => builtins.some((name) => name.includes('undici'))

test('a server listens before it loads its HTTP handlers, and loads few files', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'oxo-start-'))
  const loaded = await probeStart('bin/oxo.js', `sqlite:${join(folder.path, 'journal')}`)
  assert.ok(!loadsFetch(loaded), 'fetch is loaded')
  assert.ok(loaded.files.length <= filesMax, `${loaded.files.length} files:\n${loaded.files.join('\n')}`)
})

test('the probe detects a server that runs from its sources', async () => {
  const loaded = await probeStart('src/cli/main.ts', 'memory')
  assert.ok(loadsFetch(loaded))
  assert.ok(loaded.files.length > filesMax)
})

/** The command line of a server that listens. `pin` is a prefix of its command. */
async function argumentsOf(pin: readonly string[]): Promise<readonly string[]> {
  const serve = [
    join(import.meta.dirname, '../bin/oxo.js'),
    'serve',
    '--no-pages',
    '--port',
    '0',
    '--journal',
    'memory',
  ]
  const [file = '', ...args] = [...pin, process.execPath, ...serve]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  try {
    await once(child.stdout, 'data')
    return readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').split('\0')
  } finally {
    child.kill()
    await exited
  }
}

test('with one core the garbage collector runs in the main thread; with more it has its own threads', async (t) => {
  const { pinServer } = inspectMachine()
  if (leaveOut(t, pinServer.length > 0 ? null : 'This test needs taskset (util-linux) and a second core.')) return
  assert.ok((await argumentsOf(pinServer)).includes('--single-threaded-gc'))
  assert.ok(!(await argumentsOf([])).includes('--single-threaded-gc'))
})
