/** OK means stored: a server is killed again and again at random moments, and every acknowledgement is accounted for. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pass } from 'node:timers/promises'
import { seededRandom } from '../src/base/index.ts'
import { ServerProcess } from './server-process.ts'
import { Witness } from './witness.ts'

const cycles = Number(process.env['OXO_KILL_CYCLES'] ?? 50)
const seed = Number(process.env['OXO_KILL_SEED'] ?? 1952)
const witnessesPerCycle = 6
/** The longest time from the first move to the kill. */
const lifeMsMax = 200

interface Killing {
  readonly findings: readonly string[]
  readonly acknowledged: number
}

/**
 * Starts the server, lets witnesses play, kills it at a random moment, starts it again and asks for the account: of the
 * games just played, and at the end of all. Goes on until something does not add up.
 */
async function killAgainAndAgain(command: readonly string[], times: number): Promise<Killing> {
  const random = seededRandom(seed)
  const all: Witness[] = []
  let witnesses: readonly Witness[] = []
  for (let cycle = 0; cycle < times; cycle++) {
    await using server = await ServerProcess.start(command)
    const findings = await accountOf(witnesses, server)
    if (findings.length > 0) return { findings, acknowledged: 0 }
    // Half of them go on where they were cut off: what is pending is sent again.
    witnesses = Array.from({ length: witnessesPerCycle }, (_, index) => {
      const before = index % 2 === 0 ? witnesses[index] : undefined
      return before ?? new Witness(`cycle-${cycle}-${index}`)
    })
    all.push(...witnesses.filter((witness) => !all.includes(witness)))
    const playing = Promise.all(witnesses.map((witness) => witness.play(server)))
    await Promise.race([pass(random.below(lifeMsMax)), playing])
    await server.kill()
    await playing
  }
  await using server = await ServerProcess.start(command)
  const acknowledged = all.reduce((sum, witness) => sum + witness.acknowledged, 0)
  return { findings: await accountOf(all, server), acknowledged }
}

async function accountOf(witnesses: readonly Witness[], server: ServerProcess): Promise<readonly string[]> {
  const findings: string[] = []
  for (const witness of witnesses) findings.push(...(await witness.account(server)))
  return findings
}

test('[J4] nothing that was acknowledged is lost by SIGKILL, and at most one command a client is there beyond', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
  const file = join(folder.path, 'journal.sqlite')
  const command = [
    'src/cli/main.ts',
    'serve',
    '--port',
    '0',
    '--journal',
    `sqlite:${file}`,
    '--rate-limit',
    '0',
    '--log-level',
    'silent',
  ]
  const { findings, acknowledged } = await killAgainAndAgain(command, cycles)
  assert.deepEqual(findings, [], `seed ${seed}`)
  assert.ok(acknowledged > cycles * witnessesPerCycle, `only ${acknowledged} acknowledgements are no test`)
  t.diagnostic(`${cycles} kills, ${acknowledged} acknowledgements, none lost`)
})

test('a journal that acknowledges too early is caught', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
  const { findings } = await killAgainAndAgain(['e2e/planted-server.ts', join(folder.path, 'journal.sqlite')], 10)
  assert.match(findings.join('\n'), /were acknowledged/)
})
