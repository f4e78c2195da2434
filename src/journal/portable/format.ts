/** The lines of an export: what each one says. docs/SPEC.md, [X1] and [X2], is their description. */
import type { Chain } from '../chain.ts'
import type { GameId, Position, Version } from '../journal.ts'

/** The newest format that this code reads and the only one that it writes. */
const format = 1

export const header = JSON.stringify({ oxo: 'export', format })

/** Entries between two marks, and bytes of their lines: what a reader holds until the mark vouches for it. */
export const stretchEntriesMax = 4096
export const stretchBytesMax = 1 << 23

/** One line: a body of the greatest length with every unit escaped, and room for the rest. */
export const lineBytesMax = 7 << 20

/** An entry without its position, which is the engine's own. */
export interface PortableEntry {
  readonly game: GameId
  readonly version: Version
  readonly body: string
  readonly chain: Chain
}

/** What stands in the file up to here. */
export interface Mark {
  readonly entries: number
  readonly games: number
  /** Of the last entry, in the journal that was exported; empty: there is none. */
  readonly position: Position
  /** SHA-256 of all bytes before this line, in hexadecimal. */
  readonly digest: string
}

/** `end`: the last line of a whole export. */
export type Line =
  | { readonly type: 'entry'; readonly entry: PortableEntry }
  | { readonly type: 'mark' | 'end'; readonly mark: Mark }

export function makeEntryLine({ game, version, body, chain }: PortableEntry): string {
  return `${JSON.stringify({ game, version, body, chain })}\n`
}

export function makeMarkLine(type: 'mark' | 'end', { entries, games, position, digest }: Mark): string {
  return `${JSON.stringify({ [type]: { entries, games, position, digest } })}\n`
}

/** Null: none of the lines that a format 1 has behind its header. */
export function parseLine(text: string): Line | null {
  const value = parseObject(text)
  if (value === null) return null
  if ('game' in value) return isEntry(value) ? { type: 'entry', entry: value } : null
  for (const type of ['mark', 'end'] as const) {
    const mark = value[type]
    if (isObject(mark)) return isMark(mark) ? { type, mark } : null
  }
  return null
}

/** The format that a first line names; null: it is no export. */
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

function isMark(value: Members): value is Members & Mark {
  const { entries, games, position, digest } = value
  return isCount(entries) && isCount(games) && typeof position === 'string' && typeof digest === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
