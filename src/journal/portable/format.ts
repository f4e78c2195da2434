/** The format of the lines of an export. See docs/SPEC.md, [X1] and [X2]. */
import type { Chain } from '../chain.ts'
import type { GameId, Position, Version } from '../journal.ts'

/** The newest format that this code reads, and the only one that it writes. */
const format = 1

export const header = JSON.stringify({ oxo: 'export', format })

/**
 * The most entries between two marks, and the most bytes of lines before the last of them. A reader keeps these in memory
 * until the next mark confirms them.
 */
export const stretchEntriesMax = 4096
export const stretchBytesMax = 1 << 23

/** Bytes of one line: a body of the greatest length with every unit escaped, and room for the rest. */
export const lineBytesMax = 7 << 20

/** An entry without its position, which only the engine can interpret. */
export interface PortableEntry {
  readonly game: GameId
  readonly version: Version
  readonly body: string
  readonly chain: Chain
}

/** A summary of the file before this line. */
export interface ExportMark {
  readonly entries: number
  readonly games: number
  /** The position of the last entry in the exported journal; empty: there is no entry. */
  readonly position: Position
  /** SHA-256 of all bytes before this line, in hexadecimal. */
  readonly digest: string
}

/** A line after the header. `end` is the last line of a complete export. */
export type ExportLine =
  | { readonly type: 'entry'; readonly entry: PortableEntry }
  | { readonly type: 'mark' | 'end'; readonly mark: ExportMark }

export function makeEntryLine({ game, version, body, chain }: PortableEntry): string {
  return `${JSON.stringify({ game, version, body, chain })}\n`
}

export function makeMarkLine(type: 'mark' | 'end', { entries, games, position, digest }: ExportMark): string {
  return `${JSON.stringify({ [type]: { entries, games, position, digest } })}\n`
}

/** Parses a line after the header; null: it is not a line of format 1. */
export function parseLine(text: string): ExportLine | null {
  const value = parseObject(text)
  if (value === null) return null
  if ('game' in value) return isEntry(value) ? { type: 'entry', entry: value } : null
  for (const type of ['mark', 'end'] as const) {
    const mark = value[type]
    if (isObject(mark)) return isMark(mark) ? { type, mark } : null
  }
  return null
}

/** The format in the first line; null: the file is not an export. */
export function parseHeader(text: string): number | null {
  const value = parseObject(text)
  return value?.['oxo'] === 'export' && typeof value['format'] === 'number' ? value['format'] : null
}

export const isKnownFormat = (found: number): boolean => found === format

type Members = Readonly<Record<string, unknown>>

function parseObject(text: string): Members | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null
}

function isEntry(value: Members): value is Members & PortableEntry {
  const { game, version, body, chain } = value
  return typeof game === 'string' && isCount(version) && typeof body === 'string' && typeof chain === 'string'
}

function isMark(value: Members): value is Members & ExportMark {
  const { entries, games, position, digest } = value
  return isCount(entries) && isCount(games) && typeof position === 'string' && typeof digest === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
