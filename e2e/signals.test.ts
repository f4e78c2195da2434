/** Which signals end a server: it keeps ignoring the ones that its shell ignores. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as pass } from 'node:timers/promises'
import { isWithoutTerminals, leaveOut } from './lib/left-out.ts'
import { program } from './lib/server-process.ts'

const timeout = 60_000
const root = join(import.meta.dirname, '..')
const linux = process.platform === 'linux' ? null : 'This test reads /proc: run it on Linux.'

/** The shell command that starts a server. Each script writes the server's pid to the file $PID. */
const oxo = `"${process.execPath}" ${program} serve --port 0 --journal memory --no-pages --log-level silent`

function isRunning(pid: number): boolean {
  try {
    // A zombie counts as ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function endsWithin(pid: number, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await pass(50)) if (!isRunning(pid)) return true
  return false
}

/** Runs the script in a shell; resolves with the server's pid once it listens. */
async function serveFrom(folder: string, script: string, shell: readonly string[] = ['sh']): Promise<number> {
  const [pidFile, out] = [join(folder, 'pid'), join(folder, 'out')]
  for (const file of [pidFile, out]) writeFileSync(file, '')
  const env = { ...process.env, PID: pidFile, OUT: out }
  const [file = 'sh', ...args] = shell
  // The shell's stdin stays open; the server does not read it.
  const child = spawn(file, [...args, '-c', script], { cwd: root, env, stdio: ['pipe', 'inherit', 'inherit'] })
  child.unref()
  for (let tries = 0; tries < 400; tries++) {
    if (/listening on/.test(readFileSync(out, 'utf8'))) return Number(readFileSync(pidFile, 'utf8'))
    await pass(50)
  }
  throw new Error(`the server does not listen: ${readFileSync(out, 'utf8')}`)
}

/** Scripts that start a server which ignores some signals, with these signals. */
const outlives = [
  ['nohup', `nohup ${oxo} >"$OUT" 2>&1 & echo $! >"$PID"; wait`, ['SIGHUP', 'SIGHUP']],
  ["trap '' HUP", `trap '' HUP; ${oxo} >"$OUT" & echo $! >"$PID"; wait`, ['SIGHUP']],
  ["trap '' INT", `trap '' INT; ${oxo} >"$OUT" & echo $! >"$PID"; wait`, ['SIGINT', 'SIGINT']],
  ['in the background of a script', `${oxo} >"$OUT" & echo $! >"$PID"; wait`, ['SIGINT', 'SIGHUP']],
] as const

for (const [name, script, signals] of outlives)
  test(`[W41] ${name}: the server survives the signals that its shell ignores`, { timeout }, async (t) => {
    if (leaveOut(t, linux)) return
    using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-signals-'))
    const pid = await serveFrom(folder.path, script)
    try {
      for (const signal of signals) {
        process.kill(pid, signal)
        assert.equal(await endsWithin(pid, 1_500), false, signal)
      }
      process.kill(pid, 'SIGTERM')
      assert.equal(await endsWithin(pid, 10_000), true)
    } finally {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL')
    }
  })

test('[W41] SIGINT and SIGTERM end a server whose shell ignores neither', { timeout }, async (t) => {
  if (leaveOut(t, linux)) return
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-signals-'))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const pid = await serveFrom(folder.path, `echo $$ >"$PID"; exec ${oxo} >"$OUT" 2>&1`)
    process.kill(pid, signal)
    assert.equal(await endsWithin(pid, 10_000), true, signal)
  }
})

/**
 * Opens a pseudo-terminal, runs a command in its foreground, prints the command's pid, and closes it at a line of
 * input.
 */
const terminal = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
print(pid, flush=True)
sys.stdin.readline()
os.close(fd)
sys.stdin.readline()
`

/** Starts a server on a terminal and closes the terminal. Resolves with true if the server ends. */
async function endsWithTerminal(folder: string, script: string): Promise<boolean> {
  const [pidFile, out] = [join(folder, 'pid'), join(folder, 'out')]
  for (const file of [pidFile, out]) writeFileSync(file, '')
  const env = { ...process.env, PID: pidFile, OUT: out }
  const child = spawn('python3', ['-c', terminal, 'bash', '-c', script], {
    cwd: root,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await createInterface(child.stdout)[Symbol.asyncIterator]().next()
  while (!/listening on/.test(readFileSync(out, 'utf8'))) await pass(50)
  const pid = Number(readFileSync(pidFile, 'utf8'))
  try {
    child.stdin.write('\n')
    return await endsWithin(pid, 4_000)
  } finally {
    child.stdin.end('\n')
    if (isRunning(pid)) process.kill(pid, 'SIGKILL')
  }
}

test('[W41] a server ends with the terminal on which it was started, except under nohup', { timeout }, async (t) => {
  if (leaveOut(t, linux) || isWithoutTerminals(t)) return
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-signals-'))
  assert.equal(await endsWithTerminal(folder.path, `echo $$ >"$PID"; exec ${oxo} > >(tee "$OUT")`), true)
  const inBackground = `set -m; nohup ${oxo} >"$OUT" 2>&1 & echo $! >"$PID"; wait`
  assert.equal(await endsWithTerminal(folder.path, inBackground), false)
})
