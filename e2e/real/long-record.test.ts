/** The record of a board that was played for years: whole over HTTP, from a server whose memory does not know its length. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type GameRecord, verifyRecord } from '../../src/client/index.ts'
import { writeLongBoard } from '../lib/long-board.ts'
import { program, serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openLines } from '../lib/wire.ts'

const entries = 200_000
const readers = 4
/** All entries of one reader take 25 MB as text, and several times that as objects; garbage of pages has its moments. */
const grownMibMax = 64
/** One that makes a record in one go stands for seconds; the machine may be busy otherwise. */
const pingMsMax = 500
const slowMs = 8_000

function residentMib({ pid }: ServerProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}

/** From a server with the rates that strangers meet, which its pages exceed. */
async function readWhole(file: string): Promise<GameRecord> {
  const command = serveCommand(file)
  const at = command.indexOf('--rate-limit')
  await using server = await ServerProcess.start([...command.slice(0, at), ...command.slice(at + 2)])
  const record = (await (await fetch(`${server.url}/games/main/record`)).json()) as GameRecord
  assert.equal(record.entries.length, entries)
  assert.equal(await verifyRecord(record, (bytes) => createHash('sha256').update(bytes).digest()), null)
  return record
}

/** Asks for the record and reads the beginning only. */
async function begin({ host, port }: ServerProcess): Promise<Socket> {
  const socket = connect({ host, port })
  socket.write('GET /games/main/record HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'readable')
  return socket
}

const run = promisify(execFile)

test('[W37] a record of 200,000 entries is read whole, at the rate of its address; slow readers take no memory, and others have their turn', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-record-'))
  const file = join(folder.path, 'journal')
  writeLongBoard(file, { game: 'main', rules: 'tictactoe', moves: 6, entries })
  const record = await readWhole(file)
  await using server = await ServerProcess.start(serveCommand(file))
  while ((await (await fetch(`${server.url}/readyz?verbose`)).text()).includes('catching up')) await pause(50)
  const printed = await run(process.execPath, [program, 'record', 'main', server.url, '--json'], { maxBuffer: 1e9 })
  assert.deepEqual(JSON.parse(printed.stdout), record)
  const { stdout: sheet } = await run(process.execPath, [program, 'record', 'main', server.url])
  assert.match(sheet, new RegExp(`^Game: main\\nEntries: ${entries}\\nChain: ${record.head}\\nRules: `))

  const before = residentMib(server)
  const crowd = await Promise.all(Array.from({ length: readers }, () => begin(server)))
  const neighbour = await openLines(server)
  let slowest = 0
  let most = before
  for (const end = performance.now() + slowMs; performance.now() < end; await pause(20)) {
    const asked = performance.now()
    neighbour.say('{"jsonrpc":"2.0","id":1,"method":"ping"}')
    await neighbour.inbox.next()
    slowest = Math.max(slowest, performance.now() - asked)
    most = Math.max(most, residentMib(server))
  }
  neighbour.close()
  const figure = `${readers} who do not read on: ${(most - before).toFixed(0)} MiB more, the slowest ping ${slowest.toFixed(0)} ms`
  t.diagnostic(figure)
  assert.ok(most - before < grownMibMax && slowest < pingMsMax, figure)
  // They go on where they stopped.
  const texts = await Promise.all(crowd.map((socket) => text(socket.end())))
  for (const each of texts) assert.ok(each.endsWith(`"head":"${record.head}"}\r\n0\r\n\r\n`), each.slice(-100))
})
