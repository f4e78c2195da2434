import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProgram } from '../../tools/check/programs.ts'
import { leaveOut } from '../lib/left-out.ts'
import { Networks, sayWhyNoNetworks } from './networks.ts'

/** A run of its own that has one network, in which it starts a program; tells its name and that program's process. */
const script = `
  import { spawn } from 'node:child_process'
  import { Networks } from ${JSON.stringify(join(import.meta.dirname, 'networks.ts'))}
  const networks = Networks.open(1)
  const inside = networks.inside(0)
  const [program, ...args] = [...inside, 'sleep', '600']
  const child = spawn(program, args, { stdio: 'ignore' })
  child.on('spawn', () => console.log(inside[3], child.pid))
  process.stdin.on('end', () => { child.kill('SIGKILL'); networks[Symbol.dispose](); process.exit() }).resume()
`

interface Run {
  readonly process: ChildProcess
  readonly space: string
  readonly pid: number
}

async function start(): Promise<Run> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) {
    const [space = '', pid] = line.split(' ')
    return { process: child, space, pid: Number(pid) }
  }
  throw new Error('the run ended')
}

const spaces = (): string => spawnSync(findProgram('ip'), ['netns', 'list'], { encoding: 'utf8' }).stdout
const isThere = (run: Run): boolean => spaces().includes(run.space) && isAlive(run.pid)

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('what a killed run left behind is removed by the next, with what runs in it; what lives is left alone', async (t) => {
  if (leaveOut(t, sayWhyNoNetworks())) return
  const [dead, alive] = await Promise.all([start(), start()])
  const gone = once(dead.process, 'exit')
  dead.process.kill('SIGKILL')
  await gone
  assert.ok(isThere(dead) && isThere(alive))
  Networks.open(0)[Symbol.dispose]()
  assert.ok(isThere(alive))
  assert.ok(!spaces().includes(dead.space))
  while (isAlive(dead.pid)) await new Promise(setImmediate)
  const ended = once(alive.process, 'exit')
  alive.process.stdin?.end()
  await ended
  assert.ok(!spaces().includes(alive.space))
})
