/** Resume from anywhere: the connection is cut at every byte of a game, in each direction, and the game continues. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { seededRandom } from '../../src/base/index.ts'
import { calm, type Direction } from '../../src/cli/chaos/plan.ts'
import { type ChaosProxy, openChaos } from '../../src/cli/chaos/proxy.ts'
import type { Result } from '../../src/protocol/index.ts'
import { askServer, makeRpcRequest } from '../lib/ask.ts'
import { recordFinding } from '../lib/record.ts'
import { plantedCommand, serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openWire, type TestConnection } from '../../src/conformance/wire.ts'
import type { Endpoint } from '../../src/conformance/endpoint.ts'
import { accountAt, makeCommand, nineMoves } from '../lib/checking-player.ts'

const protocols = ['lines', 'websocket', 'http'] as const
type JsonProtocol = (typeof protocols)[number]

interface Cut {
  readonly protocol: JsonProtocol
  readonly direction: Direction
  /** The first connection is cut after this many bytes. */
  readonly bytes: number
}

/** Distance between two tested bytes: every byte with OXO_CUTS=whole. */
const step = process.env['OXO_CUTS'] === 'whole' ? 1 : 101
/** Games at once, so that they share the server's syncs. */
const together = 16
/** Connections per command; a cut costs one. */
const attemptsMax = 4

/** Opens an authenticated connection, with the same account as earlier ones. */
async function connect(protocol: JsonProtocol, place: Endpoint, known: { token?: string }): Promise<TestConnection> {
  const wire = await openWire(protocol, place, () => known.token)
  try {
    if (protocol === 'http' && known.token !== undefined) return wire
    const params = known.token === undefined ? {} : { token: known.token }
    const { result } = await askServer<Result<'hello'>>(wire, makeRpcRequest(1, 'hello', params))
    if (result === undefined) throw new Error('hello was refused')
    known.token = result.token
    return wire
  } catch (cause) {
    wire.close()
    throw cause
  }
}

/** Plays through the proxy. Sends an unanswered command again, unchanged, on a new connection. */
async function play(protocol: JsonProtocol, place: Endpoint, game: string): Promise<readonly string[]> {
  const progress = { game, known: {}, version: 0 }
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const end = await playOn(protocol, place, progress)
    if (end !== null) return end
  }
  return [`command ${progress.version + 1}: not answered on ${attemptsMax} connections`]
}

interface Progress {
  readonly game: string
  readonly known: { token?: string }
  version: number
}

/** Plays on one connection. Returns the findings, or null if the connection was lost before the end of the game. */
async function playOn(protocol: JsonProtocol, place: Endpoint, progress: Progress): Promise<readonly string[] | null> {
  let wire: TestConnection | null = null
  try {
    wire = await connect(protocol, place, progress.known)
    for (; progress.version <= nineMoves.cells.length; progress.version++) {
      const { error } = await askServer(wire, makeCommand(progress.game, nineMoves, progress.version))
      if (error !== undefined) return [`command ${progress.version + 1}: ${JSON.stringify(error)}`]
    }
    return []
  } catch {
    // The connection is lost, which the test causes on purpose.
    return null
  } finally {
    wire?.close()
  }
}

async function tryCut({ protocol, direction, bytes }: Cut, server: ServerProcess): Promise<readonly string[]> {
  const game = `${protocol}-${direction}-${String(bytes).padStart(5, '0')}`
  await using proxy: ChaosProxy = await openChaos({ plan: { ...calm, cutAt: { direction, bytes } }, to: () => server })
  const findings = await play(protocol, { host: '127.0.0.1', port: proxy.port }, game)
  const whole = { game, script: nineMoves, acknowledged: nineMoves.cells.length + 1, isPending: false }
  return [...findings, ...(await accountAt(server, whole))].map((finding) => `${game}: ${finding}`)
}

/** The number of bytes in each direction of an undisturbed game. */
async function measure(protocol: JsonProtocol, server: ServerProcess): Promise<Readonly<Record<Direction, number>>> {
  await using proxy = await openChaos({ plan: calm, to: () => server })
  // The id is as long as the ids of the games that will be cut.
  const game = `${protocol}-up-00000-000`.slice(0, `${protocol}-down-00000`.length)
  assert.deepEqual(await play(protocol, { host: '127.0.0.1', port: proxy.port }, game), [])
  return { up: proxy.tally.up, down: proxy.tally.down }
}

async function listCuts(server: ServerProcess): Promise<readonly Cut[]> {
  const cuts: Cut[] = []
  for (const protocol of protocols)
    for (const [direction, most] of Object.entries(await measure(protocol, server)) as [Direction, number][])
      for (let bytes = 1; bytes <= most; bytes += step) cuts.push({ protocol, direction, bytes })
  return cuts
}

test('[C10] a connection cut at any byte loses no move and adds none, over any protocol', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-cut-'))
  await using server = await ServerProcess.start(serveCommand(join(folder.path, 'journal.sqlite')))
  const cuts = await listCuts(server)
  const queue = [...cuts]
  const findings: string[] = []
  const work = async (): Promise<void> => {
    for (let cut = queue.shift(); cut !== undefined && findings.length < 5; cut = queue.shift())
      findings.push(...(await tryCut(cut, server)))
  }
  await Promise.all(Array.from({ length: together }, work))
  assert.deepEqual(findings, [])
  const figure = `${cuts.length} cuts at ${step === 1 ? 'every byte' : `one byte in ${step}`} of a game of 9 moves, ${protocols.length} protocols: 9 moves each time`
  t.diagnostic(figure)
  recordFinding('cut-everywhere', {
    promise: 'Resume from anywhere: a connection may end at any byte',
    test: 'e2e/real/cut-everywhere.test.ts',
    figure,
    command: 'OXO_CUTS=whole node --test e2e/real/cut-everywhere.test.ts',
  })
})

test('a server that does not recognise a repeat is detected', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-cut-'))
  const file = join(folder.path, 'journal.sqlite')
  await using server = await ServerProcess.start(plantedCommand('repeat-not-recognised', file))
  const { down } = await measure('lines', server)
  const random = seededRandom(1952)
  for (let tries = 1; tries <= 50; tries++) {
    const findings = await tryCut({ protocol: 'lines', direction: 'down', bytes: 1 + random.below(down) }, server)
    if (findings.length === 0) continue
    recordFinding('cut-everywhere', { planted: 'refuses a command that it has stored', caughtAfter: `${tries} cuts` })
    return
  }
  assert.fail('not detected in 50 cuts')
})
