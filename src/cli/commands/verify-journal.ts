/** `oxo verify --journal`: checks every entry of a journal. It changes nothing; the server may keep running. */
import { ExportFault, inspectSource, openInspection } from '../../journal/portable/index.ts'
import { describeDamage, type InspectionStep } from '../../journal/sqlite/index.ts'
import { isClusterJournal, type JournalSettings } from '../../server/cluster-journal.ts'
import { fileOf, openSource, stopping } from '../../server/journal-place.ts'
import { makeNumber } from '../../base/index.ts'
import { ProgressLine, type TransferReport, reportTransfer } from '../transfer/transfer.ts'
import { makeCellText } from '../cell-text.ts'
import { settingsDefaults } from '../../server/settings.ts'
import { Stop } from '../../server/stop.ts'

export interface VerifyJournalOptions extends Partial<JournalSettings> {
  readonly json?: boolean
}

/** Prints each damage on a line of its own, then the result. @throws Stop if there is any damage. */
export function verifyJournal({ json = false, ...options }: VerifyJournalOptions): Promise<void> {
  return reportTransfer({ json }, async () => {
    const settings = { ...settingsDefaults, ...options }
    const findings = isClusterJournal(settings.journal) ? inspectCluster(settings) : inspectFile(settings)
    const progress = new ProgressLine()
    let [entries, games, damages] = [0, 0, 0]
    try {
      for await (const finding of findings) {
        if ('damage' in finding) {
          damages++
          progress.close()
          console.log(json ? JSON.stringify({ damage: finding.damage }) : makeCellText(describeDamage(finding.damage)))
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

function reportOf({ entries, games, damages }: Counts): TransferReport {
  const looked = `${makeNumber(entries)} entries of ${makeNumber(games)} games`
  if (damages === 0) return { sentence: `The journal holds: ${looked}.`, facts: { entries, games, damages } }
  const advice = 'the named games accept no moves; restore the journal from a backup, or export the intact games'
  const places = damages === 1 ? 'one place' : `${makeNumber(damages)} places`
  const sentence = `The journal is damaged in ${places}, of ${looked}: ${advice}.`
  throw new Stop('failed', sentence, { cause: new ExportFault('damaged', sentence) })
}

async function* inspectFile(settings: JournalSettings): AsyncGenerator<InspectionStep> {
  using inspection = await stopping(async () => openInspection(fileOf(settings)))
  yield* inspection.findings()
}

/** Checks only the chains: the NATS servers compare their replicas themselves. */
async function* inspectCluster(settings: JournalSettings): AsyncGenerator<InspectionStep> {
  const source = await openSource(settings)
  try {
    yield* inspectSource(source)
  } finally {
    await source.close()
  }
}
