/** Runs one trial: a fresh server and one load; for Oxo it checks that every acknowledged move is in the journal. */
import { generate } from './generate.ts'
import { countMoves, JournalFolder } from './journal-file.ts'
import type { LoadResult } from './plan.ts'
import { MeasuredServer } from './server-process.ts'
import type { Setting } from './setting.ts'
import { isOxo, makePlan, type Pace, serverArgs, type Trial } from './trials.ts'

/** @throws Error if a move was lost. */
export async function runTrial(trial: Trial, setting: Setting, rate?: number): Promise<LoadResult> {
  const { machine, seconds, warmUpSeconds } = setting
  const pace: Pace = { seconds, warmUpSeconds, ...(rate === undefined ? {} : { rate }) }
  using folder = new JournalFolder(machine.folder)
  const outcome = await (async () => {
    const pin = trial.pinned ? machine.pinServer : []
    await using server = await MeasuredServer.start({ pin, args: serverArgs(trial.contender, folder.file) })
    return await generate(trial.pinned ? machine.pinGenerator : [], makePlan(trial, server, pace))
  })()
  if (isOxo(trial.contender)) await assertKept(folder.file, outcome.acknowledged)
  return outcome
}

/** @throws Error if the journal has fewer moves than were acknowledged. */
async function assertKept(file: string, acknowledged: number): Promise<void> {
  const stored = await countMoves(file)
  if (stored < acknowledged) throw new Error(`lost: ${acknowledged} moves were acknowledged, the journal has ${stored}`)
}
