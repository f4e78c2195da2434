/** OK means stored: after a power cut a machine starts again with exactly what had reached its disk. */
import assert from 'node:assert/strict'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pass } from 'node:timers/promises'
import { seededRandom } from '../../src/base/index.ts'
import { openSqliteJournal } from '../../src/journal/sqlite/index.ts'
import { findProgram, sayWhatIsMissing } from '../../tools/check/programs.ts'
import { leaveOut } from '../lib/left-out.ts'
import { Disk, MemoryFolder, sayWhyNotMount } from '../lib/mounts.ts'
import { recordFinding } from '../lib/record.ts'
import { serveCommand, ServerProcess, type StartOptions } from '../lib/server-process.ts'
import { readWhole } from '../../src/journal/contract/claim.ts'
import { type CheckedGame, findDiscrepancies, Witness } from '../lib/checking-player.ts'

const cuts = Number(process.env['OXO_POWER_CUTS'] ?? 20)
const seed = Number(process.env['OXO_POWER_SEED'] ?? 1952)
const players = 6
const diskMebibytes = 24
/** The longest time between two cuts, in ms. */
const quietMsMax = 60

interface Outage {
  readonly findings: readonly string[]
  readonly cuts: number
  readonly acknowledged: number
}

/**
 * A server runs on its own disk. Repeatedly it is paused, the disk image is copied, and it resumes: the copy is what a
 * machine finds after a power cut at that moment. Stops at the first copy with a discrepancy.
 */
async function cutPower(times: number, more: readonly string[], options: StartOptions = {}): Promise<Outage> {
  using memory = new MemoryFolder((diskMebibytes * 2 + 8) * 1_024)
  using disk = Disk.make(memory.path, diskMebibytes)
  await using server = await ServerProcess.start(serveCommand(join(disk.path, 'journal.sqlite'), ...more), options)
  const random = seededRandom(seed)
  const playing = new Map<Witness, Promise<void>>()
  let acknowledged = 0
  try {
    for (let cut = 0; cut < times; cut++) {
      seat(playing, server, cut)
      await pass(random.below(quietMsMax))
      const copy = join(memory.path, 'copy.img')
      const accounts = await stopAndCopy(server, disk.image, copy, [...playing.keys()])
      const findings = await inspect(copy, memory.path, accounts)
      acknowledged += accounts.reduce((sum, account) => sum + account.acknowledged, 0)
      if (findings.length > 0) return { findings, cuts: cut + 1, acknowledged }
    }
    return { findings: [], cuts: times, acknowledged }
  } finally {
    await server.kill()
    await Promise.all(playing.values())
  }
}

/** Replaces witnesses that have finished. */
function seat(playing: Map<Witness, Promise<void>>, server: ServerProcess, cut: number): void {
  for (const witness of playing.keys()) if (witness.isDone) playing.delete(witness)
  while (playing.size < players) {
    const witness = new Witness(`cut-${cut}-${playing.size}`)
    playing.set(witness, witness.play(server))
  }
}

/** Pauses the server, copies the image, and returns what the witnesses know at that moment. */
async function stopAndCopy(server: ServerProcess, image: string, copy: string, witnesses: readonly Witness[]) {
  await server.stop()
  // Answers sent before the pause are acknowledgements too: waits until none arrives any more.
  const count = (): number => witnesses.reduce((sum, witness) => sum + witness.acknowledged, 0)
  for (let before = -1; before !== count();) {
    before = count()
    await pass(2)
  }
  const accounts = witnesses.map(({ account }) => account)
  // The kernel may still be writing: repeats the copy until image and copy are equal.
  do copyFileSync(image, copy)
  while (!readFileSync(image).equals(readFileSync(copy)))
  server.continue()
  return accounts
}

async function inspect(image: string, folder: string, accounts: readonly CheckedGame[]): Promise<readonly string[]> {
  using disk = Disk.mount(image, join(folder, 'copy'))
  const journal = await openSqliteJournal({ file: join(disk.path, 'journal.sqlite') })
  try {
    const findings: string[] = []
    for (const account of accounts) findings.push(...findDiscrepancies(account, await readWhole(journal, account.game)))
    return findings
  } catch (cause) {
    return [String(cause)]
  } finally {
    await journal.close()
  }
}

test('[J4] a power cut loses nothing acknowledged', async (t) => {
  if (leaveOut(t, sayWhyNotMount('loop'))) return
  const { findings, acknowledged } = await cutPower(cuts, [])
  assert.deepEqual(findings, [], `seed ${seed}`)
  assert.ok(acknowledged > cuts * players, `only ${acknowledged} acknowledgements are no test`)
  const figure = `${cuts} power cuts, ${acknowledged} acknowledgements checked: 0 lost`
  t.diagnostic(figure)
  recordFinding('power-cut', {
    promise: 'OK means stored: a power cut loses nothing',
    test: 'e2e/real/power-cut.test.ts',
    figure,
    command: 'OXO_POWER_CUTS=200 node --test e2e/real/power-cut.test.ts',
  })
})

test('a disk that ignores syncs, and a journal that does not sync, are detected', async (t) => {
  if (leaveOut(t, sayWhyNotMount('loop') ?? sayWhatIsMissing('eatmydata'))) return
  const tries = 10
  const lying = await cutPower(tries, [], { env: { LD_PRELOAD: findProgram('eatmydata') } })
  assert.match(lying.findings.join('\n'), /were acknowledged|file|journal/)
  const lazy = await cutPower(tries, ['--durability', 'process'])
  assert.match(lazy.findings.join('\n'), /were acknowledged/)
  recordFinding('power-cut', {
    planted: 'every sync does nothing (libeatmydata); `--durability process`',
    caughtAfter: `${lying.cuts} cut; ${lazy.cuts} cut`,
  })
})
