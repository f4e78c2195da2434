/**
 * The record of a very long game is read completely over HTTP, with server memory that does not grow with its length.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempDisposableSync } from 'node:fs'
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
import { openLinesConnection } from '../../src/conformance/wire.ts'

const entries = 200_000
const readers = 4
/** All entries for one reader take 25 MB as text and several times that as objects. This leaves room for garbage. */
const grownMibMax = 64
/** A server that builds a record at once blocks for seconds; this leaves room for other load on the machine. */
const pingMsMax = 500
const slowMs = 8_000

/** Reads the record from a server with the default rate limits, which the record's pages exceed. */
async function readWhole(file: string): Promise<GameRecord> {
  const command = serveCommand(file)
  const at = command.indexOf('--rate-limit')
  await using server = await ServerProcess.start([...command.slice(0, at), ...command.slice(at + 2)])
  const record = (await (await fetch(`${server.url}/games/main/record`)).json()) as GameRecord
  assert.equal(record.entries.length, entries)
  assert.equal(await verifyRecord(record, (bytes) => createHash('sha256').update(bytes).digest()), null)
  return record
}

/** Requests the record and reads only the beginning. */
async function begin({ host, port }: ServerProcess): Promise<Socket> {
  const socket = connect({ host, port })
  socket.write('GET /games/main/record HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'readable')
  return socket
}

const run = promisify(execFile)

test('[W37] a record of 200,000 entries is read completely, within rate limits; slow readers cost no memory and delay nobody', async (t) => {
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

  const before = server.residentMib('now')
  const stalled = await Promise.all(Array.from({ length: readers }, () => begin(server)))
  const neighbour = await openLinesConnection(server)
  let slowest = 0
  let most = before
  for (const end = performance.now() + slowMs; performance.now() < end; await pause(20)) {
    const asked = performance.now()
    neighbour.send('{"jsonrpc":"2.0","id":1,"method":"ping"}')
    await neighbour.inbox.next()
    slowest = Math.max(slowest, performance.now() - asked)
    most = Math.max(most, server.residentMib('now'))
  }
  neighbour.close()
  const figure = `${readers} stalled readers: ${(most - before).toFixed(0)} MiB more, the slowest ping ${slowest.toFixed(0)} ms`
  t.diagnostic(figure)
  assert.ok(most - before < grownMibMax && slowest < pingMsMax, figure)
  // The stalled readers continue where they stopped.
  const texts = await Promise.all(stalled.map((socket) => text(socket.end())))
  for (const each of texts) assert.ok(each.endsWith(`"head":"${record.head}"}\r\n0\r\n\r\n`), each.slice(-100))
})
