/** Finds where an interrupted or an older export goes on. */
import type { Position } from '../journal.ts'
import { partitionOf } from '../partition.ts'
import { partsOf } from '../position.ts'
import { ExportFault } from './export-fault.ts'
import { parseLine } from './format.ts'
import { readLines } from './lines.ts'
import { ExportReader, type Stretch } from './read.ts'
import type { Source } from './source.ts'
import type { Tally } from './tally.ts'

/** The bytes of a file from the first on, up to the one before `end`. */
export type ReadBytes = (end?: number) => AsyncIterable<Uint8Array>

export interface Resumption {
  /** Of what is kept. */
  readonly tally: Tally
  /** Bytes of the file that are kept: all before its last mark. */
  readonly bytes: number
  /** Whether nothing but the end of a whole export is not kept. */
  readonly isWhole: boolean
  /** Of the last entry that is kept; null: nothing is. */
  readonly position: Position | null
}

/** @throws ExportFault when the file is damaged before its last mark, or is no export. */
export async function findResumption(read: ReadBytes): Promise<Resumption> {
  let last: Stretch | null = null
  const reader = new ExportReader()
  try {
    for await (const stretch of reader.read(read())) last = stretch
  } catch (fault) {
    if (!(fault instanceof ExportFault) || fault.fault === 'unknown-format') throw fault
    if (fault.fault === 'damaged' && (await isMarkedBehind(read(), fault.place.line ?? 0))) throw fault
    return readUntil(read, last)
  }
  return { tally: reader.tally, bytes: last?.bytesBefore ?? 0, isWhole: true, position: last?.mark.position ?? null }
}

/**
 * Whether the journal has what was exported last of each partition, where it was: one of them may have been restored from
 * an older backup, and what it holds since then lies at positions that count as exported.
 * @throws JournalFault
 */
export async function isExportOf(source: Source, { tally, position }: Resumption): Promise<boolean> {
  const places = partsOf(position ?? '')
  const lasts = tally.heads.lastOf((game) => partitionOf(game, places.length))
  for (const [partition, place] of places.entries()) {
    const last = lasts.get(partition)
    const isHeld = last === undefined ? place === '' : await source.holds(last, position ?? '')
    if (!isHeld) return false
  }
  return true
}

/** Whether a mark stands at `line` or behind it: then what is wrong was not the last that was written. */
async function isMarkedBehind(chunks: AsyncIterable<Uint8Array>, line: number): Promise<boolean> {
  for await (const lines of readLines(chunks))
    for (const { number, bytes } of lines) {
      if (number < line) continue
      const type = parseLine(bytes.toString())?.type
      if (type === 'mark' || type === 'end') return true
    }
  return false
}

/** Reads again what stands before the mark of `last`: the tally has gone beyond it. */
async function readUntil(read: ReadBytes, last: Stretch | null): Promise<Resumption> {
  const reader = new ExportReader()
  if (last === null) return { tally: reader.tally, bytes: 0, isWhole: false, position: null }
  const { bytesBefore, mark } = last
  try {
    const stretches = reader.read(read(bytesBefore))
    while ((await stretches.next()).done !== true);
  } catch (fault) {
    // It ends before a mark, so it is cut short.
    if (!(fault instanceof ExportFault) || fault.fault !== 'cut-short') throw fault
  }
  reader.tally.reach(mark.position)
  return { tally: reader.tally, bytes: bytesBefore, isWhole: false, position: mark.position }
}
