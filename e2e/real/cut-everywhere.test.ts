/** Resume from anywhere: the connection is cut at every byte of a game, each way, and the game goes on. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { seededRandom } from '../../src/base/index.ts'
import { calm, type Direction } from '../../src/cli/chaos/plan.ts'
import { type ChaosProxy, openChaos } from '../../src/cli/chaos/proxy.ts'
import type { Result } from '../../src/protocol/index.ts'
import { ask, makeRequest } from '../lib/ask.ts'
import { record } from '../lib/record.ts'
import { serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openWire, type Place, type Wire } from '../lib/wire.ts'
import { accountAt, makeCommand, nineMoves } from '../lib/checking-player.ts'

const protocols = ['lines', 'websocket', 'http'] as const
type JsonProtocol = (typeof protocols)[number]

interface Cut {
  readonly protocol: JsonProtocol
  readonly direction: Direction
  /** After how many bytes of the first connection. */
  readonly bytes: number
}

/** Every byte with OXO_CUTS=whole; else one in so many. */
const step = process.env['OXO_CUTS'] === 'whole' ? 1 : 53
/** Games at once: they share the syncs of the server. */
const together = 16
/** A cut costs one attempt. */
const attemptsMax = 4

/** A connection on which it is known who speaks, the same as on those before it. */
async function enter(protocol: JsonProtocol, place: Place, known: { token?: string }): Promise<Wire> {
  const wire = await openWire(protocol, place, () => known.token)
  try {
    if (protocol === 'http' && known.token !== undefined) return wire
    const params = known.token === undefined ? {} : { token: known.token }
    const { result } = await ask<Result<'hello'>>(wire, makeRequest(1, 'hello', params))
    if (result === undefined) throw new Error('hello was refused')
    known.token = result.token
    return wire
  } catch (cause) {
    wire.close()
    throw cause
  }
}

/** Plays through the proxy; a command that is not answered is sent again, the same, on a new connection. */
async function play(protocol: JsonProtocol, place: Place, game: string): Promise<readonly string[]> {
  const standing = { game, known: {}, version: 0 }
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const end = await playOn(protocol, place, standing)
    if (end !== null) return end
  }
  return [`command ${standing.version + 1}: not answered on ${attemptsMax} connections`]
}

interface Standing {
  readonly game: string
  readonly known: { token?: string }
  version: number
}

/** On one connection. Null: it was lost before the end. */
async function playOn(protocol: JsonProtocol, place: Place, standing: Standing): Promise<readonly string[] | null> {
  let wire: Wire | null = null
  try {
    wire = await enter(protocol, place, standing.known)
    for (; standing.version <= nineMoves.cells.length; standing.version++) {
      const { error } = await ask(wire, makeCommand(standing.game, nineMoves, standing.version))
      if (error !== undefined) return [`command ${standing.version + 1}: ${JSON.stringify(error)}`]
    }
    return []
  } catch {
    // The connection is lost: that is what the test is about.
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

/** How many bytes go each way in a game that nobody disturbs. */
async function measure(protocol: JsonProtocol, server: ServerProcess): Promise<Readonly<Record<Direction, number>>> {
  await using proxy = await openChaos({ plan: calm, to: () => server })
  // As long as the names of the games that will be cut.
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

test('[C10] a connection cut at any byte costs no move and adds none, at any protocol', async (t) => {
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
  record('cut-everywhere', {
    promise: 'Resume from anywhere: a connection may end at any byte',
    test: 'e2e/real/cut-everywhere.test.ts',
    figure,
    command: 'OXO_CUTS=whole node --test e2e/real/cut-everywhere.test.ts',
  })
})

test('a server that does not recognise a repeat is caught', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-cut-'))
  const file = join(folder.path, 'journal.sqlite')
  await using server = await ServerProcess.start(['e2e/lib/planted-server.ts', 'repeat-not-recognised', file])
  const { down } = await measure('lines', server)
  const random = seededRandom(1952)
  for (let tries = 1; tries <= 50; tries++) {
    const findings = await tryCut({ protocol: 'lines', direction: 'down', bytes: 1 + random.below(down) }, server)
    if (findings.length === 0) continue
    record('cut-everywhere', { planted: 'refuses a command that it has stored', caughtAfter: `${tries} cuts` })
    return
  }
  assert.fail('not caught in 50 cuts')
})
