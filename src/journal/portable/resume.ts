/** Finds the point from which an interrupted or older export can be continued. */
import type { Position } from '../journal.ts'
import { partitionOf } from '../partition.ts'
import { partsOf } from '../position.ts'
import { ExportFault } from './export-fault.ts'
import { parseLine } from './format.ts'
import { readLines } from './lines.ts'
import { ExportReader, type Stretch } from './read.ts'
import type { ExportSource } from './source.ts'
import type { ExportTally } from './tally.ts'

/** Reads the bytes of a file from its beginning up to offset `end` (exclusive; default: all). */
export type ReadBytes = (end?: number) => AsyncIterable<Uint8Array>

export interface Resumption {
  /** The tally of the part that is kept. */
  readonly tally: ExportTally
  /** The number of bytes that are kept: all before the last mark. */
  readonly bytes: number
  /** Whether the export is complete, so that only its end line is replaced. */
  readonly isWhole: boolean
  /** The position of the last entry that is kept; null: nothing is kept. */
  readonly position: Position | null
}

/** @throws ExportFault if the file is damaged before its last mark, or is not an export */
export async function findResumption(read: ReadBytes): Promise<Resumption> {
  let last: Stretch | null = null
  const reader = new ExportReader()
  try {
    for await (const stretch of reader.read(read())) last = stretch
  } catch (fault) {
    if (!(fault instanceof ExportFault) || fault.fault === 'unknown-format') throw fault
    if (fault.fault === 'damaged' && (await isMarkedAfter(read(), fault.place.line ?? 0))) throw fault
    return readUntil(read, last)
  }
  return { tally: reader.tally, bytes: last?.bytesBefore ?? 0, isWhole: true, position: last?.mark.position ?? null }
}

/**
 * Whether the journal has the last exported entry of each partition at the same position. If a partition was restored from an
 * older backup, its newer entries are at positions that count as exported and would be missed.
 * @throws JournalFault
 */
export async function isExportOf(source: ExportSource, { tally, position }: Resumption): Promise<boolean> {
  const places = partsOf(position ?? '')
  const lasts = tally.heads.lastOf((game) => partitionOf(game, places.length))
  for (const [partition, place] of places.entries()) {
    const last = lasts.get(partition)
    const isHeld = last === undefined ? place === '' : await source.holds(last, position ?? '')
    if (!isHeld) return false
  }
  return true
}

/** Whether there is a mark at `line` or after it. Then the damage is not at the end of an interrupted export. */
async function isMarkedAfter(chunks: AsyncIterable<Uint8Array>, line: number): Promise<boolean> {
  for await (const lines of readLines(chunks))
    for (const { number, bytes } of lines) {
      if (number < line) continue
      const type = parseLine(bytes.toString())?.type
      if (type === 'mark' || type === 'end') return true
    }
  return false
}

/** Reads the file again up to the mark of `last`, because the tally already includes lines after it. */
async function readUntil(read: ReadBytes, last: Stretch | null): Promise<Resumption> {
  const reader = new ExportReader()
  if (last === null) return { tally: reader.tally, bytes: 0, isWhole: false, position: null }
  const { bytesBefore, mark } = last
  try {
    const stretches = reader.read(read(bytesBefore))
    while ((await stretches.next()).done !== true);
  } catch (fault) {
    // The bytes end before a mark, so the reader reports 'cut-short'.
    if (!(fault instanceof ExportFault) || fault.fault !== 'cut-short') throw fault
  }
  reader.tally.reach(mark.position)
  return { tally: reader.tally, bytes: bytesBefore, isWhole: false, position: mark.position }
}
