/** Shared by backup, restore, export and import: how they report progress, results and errors. */
import { makeNumber, systemClock } from '../../base/index.ts'
import { JournalFault } from '../../journal/index.ts'
import { ExportFault } from '../../journal/portable/index.ts'
import { errorCode } from '../../base/node/index.ts'
import { sentenceOf, Stop } from '../../server/stop.ts'

/** Shows progress on stderr if that is a terminal. */
export class ProgressLine {
  readonly #began = systemClock.now()
  #shownAt = -Infinity

  /** @param doing a word such as "exported". */
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

export interface TransferReport {
  /** For people. */
  readonly sentence: string
  /** For scripts. */
  readonly facts: Readonly<Record<string, unknown>>
}

export interface Telling {
  readonly json?: boolean
  /** Whether the export itself goes to stdout; the result then goes to stderr. */
  readonly isStdoutTaken?: boolean
  /** The advice for a full disk. */
  readonly fullAdvice?: string
}

/** Runs `work` and prints its result or its error, as a sentence or as one line of JSON. @throws Stop */
export async function reportTransfer(
  { json = false, isStdoutTaken = false, fullAdvice = exportAdvice }: Telling,
  work: () => Promise<TransferReport>,
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

const exportAdvice = 'There is no space for the export: free some, and run the command again with --continue.'

/** Error codes of a full disk, an exceeded quota and an exceeded file size limit. */
const fullCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

function stopOf(cause: unknown, fullAdvice: string): Stop {
  if (cause instanceof Stop) return cause
  if (cause instanceof ExportFault || cause instanceof JournalFault)
    return new Stop('failed', sentenceOf(cause.message), { cause })
  const code = errorCode(cause)
  if (!(cause instanceof Error) || code === null) throw cause
  if (code === 'EPIPE')
    return new Stop('failed', 'The reader of the export has closed the pipe: the export is incomplete.', { cause })
  if (fullCodes.includes(code)) return new Stop('failed', fullAdvice, { cause })
  return new Stop('failed', sentenceOf(cause.message), { cause })
}

function reasonOf(cause: unknown): string {
  if (cause instanceof ExportFault || cause instanceof JournalFault) return cause.fault
  if (cause instanceof Stop && cause.cause !== undefined) return reasonOf(cause.cause)
  return fullCodes.includes(errorCode(cause)) ? 'storage-full' : 'unavailable'
}

function placeOf(cause: unknown): object {
  return cause instanceof ExportFault ? cause.place : {}
}
