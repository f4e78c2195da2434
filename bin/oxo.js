#!/usr/bin/env node
// The `oxo` command for any Node: an old one hands over to the runtime that `npm ci` put beside it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as os from 'node:os'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

const nodeMin = 24
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url))

// With one core V8 collects garbage on the loop's thread, in steps: its four helpers would take four fifths of the core from
// the loop for as long as they mark, 0.1 s at a time. A running process cannot change its mind about that.
const collector = '--single-threaded-gc'
const wantsCollector = process.argv[2] === 'serve' && os.availableParallelism?.() === 1

if (Number.parseInt(process.versions.node, 10) >= nodeMin) await start()
else handOver()

async function start() {
  if (process.env.OXO_LAUNCHER === String(process.ppid)) endWithLauncher()
  if (!existsSync(pathOf('../dist/cli/main.js'))) fail('Oxo is not built yet: run `npm run build`.')
  if (wantsCollector && !process.execArgv.includes(collector)) beginAnew()
  await import('../dist/cli/main.js')
}

// The same process with another flag: its id stays. A channel to a parent would not, nor can Windows do it.
function beginAnew() {
  if (process.channel !== undefined || process.platform === 'win32') return
  process.execve(process.execPath, [process.execPath, collector, ...process.execArgv, ...process.argv.slice(1)])
}

// The channel closes when the launcher dies, however it dies; then this process must not live on, not even to drain.
function endWithLauncher() {
  delete process.env.OXO_LAUNCHER
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel?.unref()
}

function handOver() {
  const runtime = pathOf('../node_modules/node/bin/node')
  if (!existsSync(runtime)) fail(`Oxo needs Node ${nodeMin} or newer, and this is Node ${process.versions.node}.`)
  const flags = wantsCollector ? [collector] : []
  const child = spawn(runtime, [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, OXO_LAUNCHER: String(process.pid) },
  })
  // Ctrl-C at a terminal reaches both processes; passed on as well it would count as a second one.
  const signals = isatty(0) ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  if (isatty(0)) process.on('SIGINT', () => {})
  child.once('error', (error) => fail(`Oxo could not start its own Node: ${error.message}`))
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
