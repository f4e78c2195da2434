/** What the commands that move games have in common: how they tell of progress, of their end and of what stopped them. */
import { systemClock } from '../../base/index.ts'
import { JournalFault } from '../../journal/index.ts'
import { ExportFault } from '../../journal/portable/index.ts'
import { codeOf } from '../../server/files.ts'
import { sentenceOf, Stop } from '../../server/stop.ts'

/** Tells a person at a terminal how far it is; others hear nothing. */
export class ProgressLine {
  readonly #began = systemClock.now()
  #shownAt = -Infinity

  /** `doing`: a word such as "exported". */
  show(doing: string, entries: number): void {
    const now = systemClock.now()
    if (!process.stderr.isTTY || now - this.#shownAt < 100) return
    this.#shownAt = now
    const perSecond = Math.round((entries * 1000) / Math.max(1, now - this.#began))
    process.stderr.write(`\r${doing} ${makeNumber(entries)} entries, ${makeNumber(perSecond)} a second\u001B[K`)
  }

  close(): void {
    if (this.#shownAt > 0) process.stderr.write('\r\u001B[K')
  }
}

export interface Report {
  /** For people. */
  readonly sentence: string
  /** For scripts. */
  readonly facts: Readonly<Record<string, unknown>>
}

export interface Telling {
  readonly json?: boolean
  /** Whether stdout has the export itself. */
  readonly isStdoutTaken?: boolean
  /** What to do when there is no space. */
  readonly fullAdvice?: string
}

/** Does the work and says how it ended, as a sentence or as one line of JSON. @throws Stop */
export async function tell(
  { json = false, isStdoutTaken = false, fullAdvice = exportAdvice }: Telling,
  work: () => Promise<Report>,
): Promise<void> {
  const say = (text: string): void => void (isStdoutTaken ? process.stderr : process.stdout).write(`${text}\n`)
  try {
    const { sentence, facts } = await work()
    say(json ? JSON.stringify({ ok: true, ...facts }) : sentence)
  } catch (cause) {
    const stop = stopOf(cause, fullAdvice)
    if (json) say(JSON.stringify({ ok: false, reason: reasonOf(cause), ...placeOf(cause), message: stop.message }))
    throw stop
  }
}

const exportAdvice = 'There is no space for the export: make some, and run the same with --continue.'

/** Where a disk has no room, a quota or a limit is reached. */
const fullCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

function stopOf(cause: unknown, fullAdvice: string): Stop {
  if (cause instanceof Stop) return cause
  if (cause instanceof ExportFault || cause instanceof JournalFault)
    return new Stop('failed', sentenceOf(cause.message), { cause })
  const code = codeOf(cause)
  if (!(cause instanceof Error) || code === null) throw cause
  if (code === 'EPIPE') return new Stop('failed', 'Whoever read the export has gone away; it is not whole.', { cause })
  if (fullCodes.includes(code)) return new Stop('failed', fullAdvice, { cause })
  return new Stop('failed', sentenceOf(cause.message), { cause })
}

function reasonOf(cause: unknown): string {
  if (cause instanceof ExportFault || cause instanceof JournalFault) return cause.fault
  if (cause instanceof Stop && cause.cause !== undefined) return reasonOf(cause.cause)
  return fullCodes.includes(codeOf(cause)) ? 'storage-full' : 'unavailable'
}

function placeOf(cause: unknown): object {
  return cause instanceof ExportFault ? cause.place : {}
}

export const makeNumber = (value: number): string => value.toLocaleString('en-US')
