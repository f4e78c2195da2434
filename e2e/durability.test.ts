/** OK means stored: a server is killed repeatedly at random moments, and every acknowledged entry must be there. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { seededRandom } from '../src/base/index.ts'
import { Ledger } from './lib/ledger.ts'
import { recordFinding } from './lib/record.ts'
import { eventually } from './lib/wait.ts'
import { plantedCommand, serveCommand, ServerProcess } from './lib/server-process.ts'
import { accountAt, Witness } from './lib/checking-player.ts'

const cycles = Number(process.env['OXO_KILL_CYCLES'] ?? 20)
const seed = Number(process.env['OXO_KILL_SEED'] ?? 1952)
const witnessesPerCycle = 6
/** The most acknowledgements after which a server is killed: a count, because a busy machine gives few in a given time. */
const acknowledgedMax = 80
const lifeMsMax = 60_000

interface Killing {
  readonly findings: readonly string[]
  /** Kills before the first finding. */
  readonly kills: number
  readonly acknowledged: number
}

/**
 * Repeats: starts the server, lets witnesses play, kills it after a random number of moves. After each restart it compares the
 * games just played with the ledger, and at the end all games. Stops at the first discrepancy.
 */
async function killAgainAndAgain(command: readonly string[], folder: string, times: number): Promise<Killing> {
  const random = seededRandom(seed)
  await using ledger = await Ledger.open(join(folder, 'acknowledged'))
  const all: Witness[] = []
  let witnesses: readonly Witness[] = []
  for (let cycle = 0; cycle < times; cycle++) {
    await using server = await ServerProcess.start(command)
    const findings = await accountOf(witnesses, ledger, server)
    if (findings.length > 0) return { findings, kills: cycle, acknowledged: 0 }
    // Half of the witnesses continue their games and send the pending command again.
    witnesses = Array.from({ length: witnessesPerCycle }, (_, index) => {
      const before = index % 2 === 0 ? witnesses[index] : undefined
      return before === undefined || before.isDone ? new Witness(`cycle-${cycle}-${index}`, { ledger }) : before
    })
    all.push(...witnesses.filter((witness) => !all.includes(witness)))
    const playing = Promise.all(witnesses.map((witness) => witness.play(server)))
    const count = (): number => witnesses.reduce((sum, witness) => sum + witness.acknowledged, 0)
    const enough = count() + random.below(acknowledgedMax)
    await Promise.race([eventually(() => count() >= enough, lifeMsMax), playing])
    await server.kill()
    await playing
  }
  await using server = await ServerProcess.start(command)
  const acknowledged = [...ledger.read().values()].reduce((sum, count) => sum + count, 0)
  return { findings: await accountOf(all, ledger, server), kills: times, acknowledged }
}

/** Compares the server with the ledger, which has every acknowledgement. */
async function accountOf(witnesses: readonly Witness[], ledger: Ledger, server: ServerProcess) {
  const written = ledger.read()
  const findings: string[] = []
  for (const { account } of witnesses)
    findings.push(...(await accountAt(server, { ...account, acknowledged: written.get(account.game) ?? 0 })))
  return findings
}

test('[J4] SIGKILL loses nothing acknowledged, and at most one more command per client is stored', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
  const command = serveCommand(join(folder.path, 'journal.sqlite'))
  const { findings, acknowledged } = await killAgainAndAgain(command, folder.path, cycles)
  assert.deepEqual(findings, [], `seed ${seed}`)
  assert.ok(acknowledged > cycles * witnessesPerCycle, `only ${acknowledged} acknowledgements are no test`)
  const figure = `${cycles} kills, ${acknowledged} acknowledgements: 0 lost, at most one more a client`
  t.diagnostic(figure)
  recordFinding('kill', {
    promise: 'OK means stored: a crash of the server loses nothing',
    test: 'e2e/durability.test.ts',
    figure,
    command: 'OXO_KILL_CYCLES=200 node --test e2e/durability.test.ts',
  })
})

test('a server that answers before it has stored is detected', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
  const command = plantedCommand('early-answer', join(folder.path, 'journal.sqlite'))
  const { findings, kills } = await killAgainAndAgain(command, folder.path, 10)
  assert.match(findings.join('\n'), /were acknowledged/)
  recordFinding('kill', { planted: 'answers 20 ms before it stores', caughtAfter: `${kills} kills` })
})
