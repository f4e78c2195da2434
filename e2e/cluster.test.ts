/** `npm run cluster`: starts a cluster, kills its processes one by one during a game, and leaves nothing. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { run } from '../src/cli/testing/command.ts'
import type { ClusterStatus } from '../src/protocol/index.ts'
import { eventually } from './lib/wait.ts'

const root = join(import.meta.dirname, '..')
/** Timeout of every wait; generous for a loaded machine. */
const timeoutMs = 90_000

interface Piece {
  readonly name: string
  readonly url: string
  readonly pid: number
}

class Launcher implements AsyncDisposable {
  readonly child: ChildProcess
  readonly pieces: readonly Piece[]
  readonly folder: string

  private constructor(child: ChildProcess, pieces: readonly Piece[], folder: string) {
    this.child = child
    this.pieces = pieces
    this.folder = folder
  }

  static async start(...args: readonly string[]): Promise<Launcher> {
    const child = spawn(process.execPath, ['tools/cluster/cluster.ts', '--port', '0', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pieces: Piece[] = []
    for await (const line of createInterface(child.stdout)) {
      const [, name = '', url = '', pid] = /^  (\S+)\s+(\S+)\s+kill -9 (\d+)$/.exec(line) ?? []
      if (pid !== undefined) pieces.push({ name, url, pid: Number(pid) })
      const folder = /data are in (\S+);/.exec(line)?.[1]
      if (folder === undefined) continue
      child.stdout.resume()
      return new Launcher(child, pieces, folder)
    }
    throw new Error('the cluster did not start')
  }

  get nodes(): readonly Piece[] {
    return this.pieces.filter(({ name }) => name.startsWith('node'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.kill('SIGKILL')
    await once(this.child, 'exit')
    await until('everything is gone', () => this.pieces.every(({ pid }) => !isAlive(pid)))
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const until = (what: string, claim: () => boolean | Promise<boolean>): Promise<number> =>
  eventually(claim, timeoutMs, what)

/** Makes the move at `version` of the open board; repeats the request until it is answered. */
async function move(url: string, version: number): Promise<void> {
  const params = { game: 'main', version, x: (version - 1) % 3, y: Math.floor((version - 1) / 3) }
  await until(`move ${version} at ${url} is answered`, async () => {
    try {
      const answer = await fetch(`${url}/rpc`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'game.move', params }),
        signal: AbortSignal.timeout(10_000),
      })
      const { result, error } = (await answer.json()) as {
        result?: { version: number }
        error?: { data: { retry: string } }
      }
      if (result !== undefined) assert.equal(result.version, version + 1)
      else assert.equal(error?.data.retry, 'same', JSON.stringify(error))
      return result !== undefined
    } catch (cause) {
      if (cause instanceof assert.AssertionError) throw cause
      return false
    }
  })
}

async function statusOf(url: string): Promise<ClusterStatus> {
  return (await (await fetch(`${url}/cluster`, { headers: { Accept: 'application/json' } })).json()) as ClusterStatus
}

test('[W24] a node and then the leading server are killed, and the game continues; Ctrl-C leaves nothing', async () => {
  await using launcher = await Launcher.start('--restart', '0')
  const [first, second, third] = launcher.nodes
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  await move(first.url, 1)
  const before = await statusOf(second.url)
  assert.equal(before.durability, 'disk')
  assert.equal(before.nodes.length, 3)
  assert.equal((await run(['cluster', 'status', third.url])).code, 0)

  process.kill(first.pid, 'SIGKILL')
  await move(second.url, 2)
  await until('the status lists two nodes', async () => (await statusOf(second.url)).nodes.length === 2)

  const leader = before.streams?.[0]?.copies.find(({ isLeader }) => isLeader)?.server
  const server = launcher.pieces.find(({ name }) => name === leader)
  assert.ok(server !== undefined, `${leader} is none of the servers`)
  process.kill(server.pid, 'SIGKILL')
  await move(third.url, 3)
  await move(second.url, 4)
  await until('the status reports the lost copy', async () => {
    const { code, stderr } = await run(['cluster', 'status', third.url])
    return code === 1 && stderr === 'The stream OXO_0 has 2 of 3 copies.\n'
  })

  launcher.child.kill('SIGINT')
  assert.deepEqual(await once(launcher.child, 'exit'), [0, null])
  for (const { name, pid } of launcher.pieces) assert.equal(isAlive(pid), false, name)
  assert.equal(existsSync(launcher.folder), false)
})

test('killed processes are restarted; a killed launcher leaves nothing either', async () => {
  await using launcher = await Launcher.start('--restart', '0.1')
  const [first, second] = launcher.nodes
  assert.ok(first !== undefined && second !== undefined)
  process.kill(first.pid, 'SIGKILL')
  await until('the node is back', async () => {
    const { nodes } = await statusOf(second.url)
    return nodes.some(({ url, pid }) => url === first.url && pid !== first.pid)
  })
  const pids = (await statusOf(second.url)).nodes.map(({ pid }) => pid)
  launcher.child.kill('SIGKILL')
  await once(launcher.child, 'exit')
  const all = [...pids, ...launcher.pieces.map(({ pid }) => pid)]
  await until('every process is gone', () => all.every((pid) => !isAlive(pid)))
  await until('the folder is gone', () => !existsSync(launcher.folder))
})

test('a cluster whose port is in use says so, and ends', async () => {
  const other = createServer((_request, response) => response.end('alive')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const child = spawn(process.execPath, ['tools/cluster/cluster.ts', '--port', String(port)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>])
  other.close()
  assert.equal(
    message,
    `http://127.0.0.1:${port} is already in use: stop the server there, or choose free ports with --port 0\n`,
  )
  assert.equal(code, 1)
})
