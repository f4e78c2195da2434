/** Who says nothing, or says it as slowly as can be: a thousand of them, and somebody new is served all the same. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { setTimeout as pass } from 'node:timers/promises'
import { leaveOut } from '../e2e/lib/left-out.ts'
import { record } from '../e2e/lib/record.ts'
import { program, ServerProcess } from '../e2e/lib/server-process.ts'
import { findProgram, sayWhatIsMissing } from '../tools/check/programs.ts'
import { visit } from './lib/players.ts'
import { upgrade } from './lib/websocket-talk.ts'

const crowd = 1_000
const visitMsMax = 100
const visits = 20
/** Between two visits while a program runs: those who visit are no flood. */
const pauseMs = 100
/** Whatever else the machine does: one of so many tries must be good. */
const roundsMax = 3
/** The limit on addresses is off: a proxy may stand in front, and a botnet has many. */
const serve = [
  ...[program, 'serve', '--port', '0', '--journal', 'memory', '--no-pages', '--log-level', 'silent'],
  ...['--connections-per-address', '0'],
]

/** What each of the thousand has said when it falls silent. */
const beginnings: Readonly<Record<string, string>> = {
  'no protocol': '',
  'half a line of text': 'X 1',
  'the text protocol': 'help\n',
  'half a line of JSON': '{"jsonrpc"',
  'the protocol of lines': '{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
  'half a header of HTTP': 'GET / HTTP/1.1\r\nHost: a\r\nX-',
  'half a body of HTTP':
    'POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  'the WebSocket protocol': upgrade,
  'half a frame': `${upgrade}\u0081`,
}

/** The median of some visits. */
async function visitSome(server: ServerProcess): Promise<number> {
  const times: number[] = []
  for (let count = 0; count < visits; count++) times.push(await visit(server))
  return times.toSorted((a, b) => a - b)[Math.floor(visits / 2)] ?? Infinity
}

async function gather({ host, port }: ServerProcess, said: string): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: crowd }, (_, index) => {
    const socket = connect({ host, port, localAddress: `127.0.7.${1 + (index % 200)}` })
    socket.on('error', () => {})
    return socket.resume()
  })
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  for (const socket of sockets) socket.write(said, 'latin1')
  return sockets
}

const told: string[] = []

for (const [where, said] of Object.entries(beginnings))
  test(`[W4] a thousand who come to ${where} and say nothing: somebody new is served within ${visitMsMax} ms`, async (t) => {
    const ms = await tryRounds(t, async (server) => {
      const sockets = await gather(server, said)
      const took = await visitSome(server)
      for (const socket of sockets) socket.resetAndDestroy()
      return took
    })
    told.push(`${where} ${ms.toFixed(1)} ms`)
    note()
  })

/** slowhttptest's ways: slow headers, slow bodies, overlapping ranges, slow reading. */
const ways: Readonly<Record<string, readonly string[]>> = {
  headers: ['-H'],
  bodies: ['-B', '-f', 'application/json'],
  reading: ['-X', '-w', '1', '-y', '8', '-n', '5', '-z', '1'],
}

for (const [way, flags] of Object.entries(ways))
  test(`[W4] a thousand of slowhttptest's slow ${way}: somebody new is served within ${visitMsMax} ms`, async (t) => {
    if (leaveOut(t, sayWhatIsMissing('slowhttptest'))) return
    const ms = await tryRounds(t, (server) => slowDown(server, flags))
    told.push(`slowhttptest ${way} ${ms.toFixed(1)} ms`)
    note()
  })

/** The program runs for four seconds with a thousand connections; how long a visit takes meanwhile. */
async function slowDown(server: ServerProcess, flags: readonly string[]): Promise<number> {
  const url = `http://${server.host}:${server.port}/${flags[0] === '-B' ? 'rpc' : 'games/main'}`
  const size = ['-c', `${crowd}`, '-r', '1000', '-l', '4', '-i', '1', '-u', url]
  const attacker = spawn(findProgram('slowhttptest'), [...flags, ...size], { stdio: ['ignore', 'pipe', 'ignore'] })
  const output = text(attacker.stdout)
  const ms = await visitUntil(server, once(attacker, 'exit'))
  assert.match(await output, /connected:/)
  return ms
}

/** A new server each time; the first good time, all of them shown. */
async function tryRounds(t: TestContext, run: (server: ServerProcess) => Promise<number>): Promise<number> {
  const times: number[] = []
  while (times.length < roundsMax && !times.some((ms) => ms <= visitMsMax)) {
    await using server = await ServerProcess.start(serve)
    times.push(await run(server))
  }
  t.diagnostic(times.map((ms) => `${ms.toFixed(1)} ms`).join(', '))
  const best = Math.min(...times)
  assert.ok(best <= visitMsMax, `${best.toFixed(0)} ms in the best of ${roundsMax} rounds`)
  return best
}

/** The median of the visits made until it is over. */
async function visitUntil(server: ServerProcess, over: Promise<unknown>): Promise<number> {
  let isOver = false
  void over.then(() => (isOver = true))
  const times: number[] = []
  while (!isOver) {
    times.push(await visit(server))
    await pass(pauseMs)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Infinity
}

function note(): void {
  record('slowloris', {
    promise: `1,000 who say nothing, or say it slowly, at each protocol: somebody new is served within ${visitMsMax} ms`,
    test: 'fuzz/slow.test.ts',
    figure: told.join('; '),
    command: 'node --test fuzz/slow.test.ts',
  })
}

test('a server that keeps a place for each who has said nothing is caught', async () => {
  // What a server does that has a hundred places, a thread each: the next has to wait until one of them is free.
  await using server = await ServerProcess.start([...serve, '--connections-per-address', '1'])
  const { host, port } = server
  const sockets = Array.from({ length: 4 }, () => connect({ host, port, localAddress: '127.0.9.8' }))
  await Promise.all(
    sockets.map((socket) =>
      once(
        socket.on('error', () => {}),
        'connect',
      ),
    ),
  )
  await assert.rejects(visitSome(server), /somebody new heard/)
  for (const socket of sockets) socket.destroy()
  record('slowloris', { planted: 'whoever has said nothing keeps the places of others', caughtAfter: '4 connections' })
})
