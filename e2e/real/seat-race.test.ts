/** Sixteen want one seat, at every protocol at once: one gets it. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { GameRecord, GameView, Result } from '../../src/protocol/index.ts'
import { ask, makeRequest } from '../lib/ask.ts'
import { record } from '../lib/record.ts'
import { serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openWire, type Wire } from '../lib/wire.ts'

const races = Number(process.env['OXO_RACES'] ?? 1_000)
const runners = 16
const protocols = ['lines', 'websocket', 'http'] as const

interface Runner {
  readonly wire: Wire
  readonly account: string
}

async function enter(index: number, server: ServerProcess): Promise<Runner> {
  const protocol = protocols[index % protocols.length] ?? 'lines'
  const known: { token?: string } = {}
  const wire = await openWire(protocol, server, () => known.token)
  const { result } = await ask<Result<'hello'>>(wire, makeRequest(1, 'hello', {}))
  assert.ok(result !== undefined)
  known.token = result.token
  return { wire, account: result.account.id }
}

/** What is wrong with one race, if anything. */
async function race(game: string, owner: Runner, field: readonly Runner[]): Promise<readonly string[]> {
  await ask(owner.wire, makeRequest(2, 'game.create', { game, seat: 'X' }))
  const answers = await Promise.all(
    field.map(async ({ wire, account }) => {
      const { result, error } = await ask<GameView>(wire, makeRequest(3, 'game.join', { game, player: 'O' }))
      return result?.players.O?.id === account ? 'won' : String(error?.data?.name)
    }),
  )
  const { result } = await ask<GameRecord>(owner.wire, makeRequest(4, 'game.record', { game }))
  const winners = answers.filter((answer) => answer === 'won').length
  const others = answers.filter((answer) => answer !== 'won' && answer !== 'seat-taken')
  return [
    ...(winners === 1 ? [] : [`${game}: ${winners} have the seat`]),
    ...others.map((answer) => `${game}: somebody heard ${answer}`),
    ...(result?.entries.length === 2 ? [] : [`${game}: ${result?.entries.length} entries`]),
  ]
}

/** Until something is wrong. */
async function raceAgainAndAgain(command: readonly string[], times: number) {
  await using server = await ServerProcess.start(command)
  const owner = await enter(0, server)
  const field = await Promise.all(Array.from({ length: runners }, (_, index) => enter(index, server)))
  let run = 0
  let findings: readonly string[] = []
  while (run < times && findings.length === 0) findings = await race(`race-${run++}`, owner, field)
  for (const { wire } of [owner, ...field]) wire.close()
  return { findings, run }
}

test('[G17] of sixteen who join one seat at once exactly one gets it', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-race-'))
  const { findings, run } = await raceAgainAndAgain(serveCommand(join(folder.path, 'journal.sqlite')), races)
  assert.deepEqual(findings, [])
  const figure = `${run} races of ${runners} sessions at ${protocols.length} protocols: one winner each time`
  t.diagnostic(figure)
  record('seat-race', {
    promise: 'A seat has one owner, however many ask at once',
    test: 'e2e/real/seat-race.test.ts',
    figure,
    command: 'node --test e2e/real/seat-race.test.ts',
  })
})

test('two writers that both hear that they were first are caught', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-race-'))
  const command = ['e2e/lib/planted-server.ts', 'two-first', join(folder.path, 'journal.sqlite')]
  const { findings, run } = await raceAgainAndAgain(command, 100)
  assert.notDeepEqual(findings, [])
  record('seat-race', {
    planted: 'two writers, and the journal says to both that they were first',
    caughtAfter: `${run} races`,
  })
})
