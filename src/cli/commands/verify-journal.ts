/** `oxo verify --journal`: whether all that a journal holds is whole. It changes nothing, and a server may play on. */
import { ExportFault, inspectSource, openInspection } from '../../journal/portable/index.ts'
import { describe, type Finding } from '../../journal/sqlite/index.ts'
import { isClusterJournal, type JournalSettings } from '../../server/cluster-journal.ts'
import { fileOf, openSource, stopping } from '../../server/journal-place.ts'
import { makeNumber, ProgressLine, type Report, tell } from '../transfer/transfer.ts'
import { makePrintable } from '../printable.ts'
import { settingsDefaults } from '../../server/settings.ts'
import { Stop } from '../../server/stop.ts'

export interface VerifyJournalOptions extends Partial<JournalSettings> {
  readonly json?: boolean
}

/** Says each damage on a line of its own, then how it ended. @throws Stop where there is one. */
export function verifyJournal({ json = false, ...options }: VerifyJournalOptions): Promise<void> {
  return tell({ json }, async () => {
    const settings = { ...settingsDefaults, ...options }
    const findings = isClusterJournal(settings.journal) ? inspectCluster(settings) : inspectFile(settings)
    const progress = new ProgressLine()
    let [entries, games, damages] = [0, 0, 0]
    try {
      for await (const finding of findings) {
        if ('damage' in finding) {
          damages++
          progress.close()
          console.log(json ? JSON.stringify({ damage: finding.damage }) : makePrintable(describe(finding.damage)))
        } else {
          entries += finding.entries
          games += finding.games
          progress.show('verified', entries)
        }
      }
    } finally {
      progress.close()
    }
    return reportOf({ entries, games, damages })
  })
}

interface Counts {
  readonly entries: number
  readonly games: number
  readonly damages: number
}

function reportOf({ entries, games, damages }: Counts): Report {
  const looked = `${makeNumber(entries)} entries of ${makeNumber(games)} games`
  if (damages === 0) return { sentence: `The journal holds: ${looked}.`, facts: { entries, games, damages } }
  const advice = 'the games named take no moves; restore the journal from a backup, or export what holds'
  const places = damages === 1 ? 'one place' : `${makeNumber(damages)} places`
  const sentence = `The journal is damaged in ${places}, of ${looked}: ${advice}.`
  throw new Stop('failed', sentence, { cause: new ExportFault('damaged', sentence) })
}

async function* inspectFile(settings: JournalSettings): AsyncGenerator<Finding> {
  using inspection = await stopping(async () => openInspection(fileOf(settings)))
  yield* inspection.findings()
}

/** The servers of a cluster keep copies that they compare themselves; what can be checked here are the chains. */
async function* inspectCluster(settings: JournalSettings): AsyncGenerator<Finding> {
  const source = await openSource(settings)
  try {
    yield* inspectSource(source)
  } finally {
    await source.close()
  }
}
