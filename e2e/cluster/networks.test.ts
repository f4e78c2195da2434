import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProgram } from '../../tools/check/programs.ts'
import { leaveOut } from '../lib/left-out.ts'
import { Networks, sayWhyNoNetworks } from './networks.ts'

/** A process that creates one network and starts a program in it. It prints the namespace and the program's pid. */
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
  throw new Error('the process ended before it printed its network')
}

const spaces = (): string => spawnSync(findProgram('ip'), ['netns', 'list'], { encoding: 'utf8' }).stdout
const exists = (run: Run): boolean => spaces().includes(run.space) && isAlive(run.pid)

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('networks of a killed run are removed by the next run, with the processes in them; those of a live run stay', async (t) => {
  if (leaveOut(t, sayWhyNoNetworks())) return
  const [dead, alive] = await Promise.all([start(), start()])
  const gone = once(dead.process, 'exit')
  dead.process.kill('SIGKILL')
  await gone
  assert.ok(exists(dead) && exists(alive))
  Networks.open(0)[Symbol.dispose]()
  assert.ok(exists(alive))
  assert.ok(!spaces().includes(dead.space))
  while (isAlive(dead.pid)) await new Promise(setImmediate)
  const ended = once(alive.process, 'exit')
  alive.process.stdin?.end()
  await ended
  assert.ok(!spaces().includes(alive.space))
})
