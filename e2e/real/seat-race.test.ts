/** Sixteen sessions join one seat at once over three protocols: exactly one gets it. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { GameRecord, GameView, Result } from '../../src/protocol/index.ts'
import { askServer, makeRpcRequest } from '../lib/ask.ts'
import { recordFinding } from '../lib/record.ts'
import { plantedCommand, serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openWire, type TestConnection } from '../../src/conformance/wire.ts'

const races = Number(process.env['OXO_RACES'] ?? 300)
const runners = 16
const protocols = ['lines', 'websocket', 'http'] as const

interface Runner {
  readonly wire: TestConnection
  readonly account: string
}

async function connect(index: number, server: ServerProcess): Promise<Runner> {
  const protocol = protocols[index % protocols.length] ?? 'lines'
  const known: { token?: string } = {}
  const wire = await openWire(protocol, server, () => known.token)
  const { result } = await askServer<Result<'hello'>>(wire, makeRpcRequest(1, 'hello', {}))
  assert.ok(result !== undefined)
  known.token = result.token
  return { wire, account: result.account.id }
}

/** Runs one race. Returns one sentence per discrepancy. */
async function race(game: string, owner: Runner, field: readonly Runner[]): Promise<readonly string[]> {
  await askServer(owner.wire, makeRpcRequest(2, 'game.create', { game, seat: 'X' }))
  const answers = await Promise.all(
    field.map(async ({ wire, account }) => {
      const { result, error } = await askServer<GameView>(wire, makeRpcRequest(3, 'game.join', { game, player: 'O' }))
      return result?.players.O?.id === account ? 'won' : String(error?.data?.name)
    }),
  )
  const { result } = await askServer<GameRecord>(owner.wire, makeRpcRequest(4, 'game.record', { game }))
  const winners = answers.filter((answer) => answer === 'won').length
  const others = answers.filter((answer) => answer !== 'won' && answer !== 'seat-taken')
  return [
    ...(winners === 1 ? [] : [`${game}: ${winners} sessions got the seat`]),
    ...others.map((answer) => `${game}: a session was answered ${answer}`),
    ...(result?.entries.length === 2 ? [] : [`${game}: ${result?.entries.length} entries`]),
  ]
}

/** Stops at the first race with a discrepancy. */
async function raceAgainAndAgain(command: readonly string[], times: number) {
  await using server = await ServerProcess.start(command)
  const owner = await connect(0, server)
  const field = await Promise.all(Array.from({ length: runners }, (_, index) => connect(index, server)))
  let run = 0
  let findings: readonly string[] = []
  while (run < times && findings.length === 0) findings = await race(`race-${run++}`, owner, field)
  for (const { wire } of [owner, ...field]) wire.close()
  return { findings, run }
}

test('[G17] of sixteen sessions that join one seat at once exactly one gets it', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-race-'))
  const { findings, run } = await raceAgainAndAgain(serveCommand(join(folder.path, 'journal.sqlite')), races)
  assert.deepEqual(findings, [])
  const figure = `${run} races of ${runners} sessions at ${protocols.length} protocols: one winner each time`
  t.diagnostic(figure)
  recordFinding('seat-race', {
    promise: 'A seat has one owner, however many ask at once',
    test: 'e2e/real/seat-race.test.ts',
    figure,
    command: 'OXO_RACES=1000 node --test e2e/real/seat-race.test.ts',
  })
})

test('two writers that are both told `stored` are detected', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-race-'))
  const command = plantedCommand('two-first', join(folder.path, 'journal.sqlite'))
  const { findings, run } = await raceAgainAndAgain(command, 100)
  assert.notDeepEqual(findings, [])
  recordFinding('seat-race', {
    planted: 'two writers, and the journal says to both that they were first',
    caughtAfter: `${run} races`,
  })
})
