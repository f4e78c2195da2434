/**
 * Checks whether a write-ahead log belongs to the file next to it. SQLite does not check: it applies the pages of any log
 * with valid checksums, so a file restored next to an older log becomes a mixture of both.
 *
 * Each commit increments `commits` in the single row of `mark`, and each opening draws a new random `line`. So LINE:COMMITS
 * names a state of the file. The log contains the state that it starts from and the states that its commits lead to. The
 * file without its log must be in one of these states: then applying the log gives exactly the state at its end.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { DatabaseSync } from 'node:sqlite'
import { numberOf } from '../../base/node/index.ts'
import { JournalFault } from '../journal.ts'
import { formatOf } from './schema.ts'

/** https://sqlite.org/fileformat2.html#the_write_ahead_log */
const logHeaderBytes = 32
const frameHeaderBytes = 24
/** The size of a rollback journal with its header, which fills a sector, and one page. */
const rollbackBytesMax = 12_288
const magicOfLittleEndian = 0x377f0682

/** The columns of `mark` that identify a state. */
export interface StateMark {
  readonly line: string
  readonly commits: number
  /** The state before the first commit of the line; empty: there was none. */
  readonly before: string
  /** SQLite's schema version. VACUUM, which moves everything to other pages, increments it. */
  readonly layout: number
}

/** empty: the log has no commits. own: it belongs to the file. unmarked: it was written before the file had marks. */
export type LogStanding = 'empty' | 'own' | 'unmarked'

/**
 * Checks the log of `file` without changing anything. No process may write to the file during the check.
 * @throws JournalFault 'corrupt' if the log belongs to another state or another journal.
 */
export function checkLog(file: string): LogStanding {
  checkRollback(file)
  if (sizeOf(`${file}-wal`) <= logHeaderBytes) return 'empty'
  if (sizeOf(file) === 0) throw wrongLog(file, 'the journal itself is missing, or empty')
  const found = readFileAlone(file)
  if (found === null) return 'unmarked'
  const marks = readLog(file, found.page)
  if (marks === null) return 'empty'
  const [first] = marks
  if (first === undefined) throw wrongLog(file, 'it contains nothing that Oxo wrote')
  const states = new Set(marks.map(nameOfState))
  states.add(first.commits === 1 ? first.before : nameOfState({ ...first, commits: first.commits - 1 }))
  if (states.has(nameOfState(found.mark)) && first.layout === found.mark.layout) return 'own'
  throw wrongLog(file, 'it continues another state of the journal')
}

export function nameOfState({ line, commits }: Pick<StateMark, 'line' | 'commits'>): string {
  return `${line}:${commits}`
}

function wrongLog(file: string, why: string): JournalFault {
  return new JournalFault(
    'corrupt',
    `${file}-wal does not belong to the journal ${file}: ${why}. Nothing was changed. If the journal was restored from a ` +
      `backup, move ${file}-wal and ${file}-shm away and start again; otherwise restore a journal and a -wal that were ` +
      'copied together',
  )
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/**
 * Refuses a rollback journal, `FILE-journal`, next to a file that uses a log: SQLite would apply it before it reads the log.
 * Oxo uses a rollback journal only while it creates a file. If that is interrupted, the rollback journal has at most one
 * page, so a small one is allowed.
 */
function checkRollback(file: string): void {
  if (sizeOf(`${file}-journal`) <= rollbackBytesMax || !hasLog(file)) return
  const advice = `Nothing was changed. Move ${file}-journal away and start again`
  throw new JournalFault(
    'corrupt',
    `${file}-journal does not belong to the journal ${file}, which has a log: ${advice}`,
  )
}

/** Whether the header of the file says that it uses a write-ahead log. */
function hasLog(file: string): boolean {
  const descriptor = openSync(file, 'r')
  try {
    return read(descriptor, 18, 1)[0] === 2
  } finally {
    closeSync(descriptor)
  }
}

/** The mark in the file without its log, and the page of the mark; null: the file has a format without marks. */
function readFileAlone(file: string): { readonly page: number; readonly mark: StateMark } | null {
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  using database = new DatabaseSync(url, { readOnly: true, defensive: false })
  // A process killed during a checkpoint has written page 1, with the new number of pages, but not yet all these pages. SQLite
  // takes a file that is too short for damaged, unless this is set.
  database.exec('PRAGMA writable_schema = ON')
  if (formatOf(file, database) < 2) return null
  const row = database.prepare('SELECT line, commits, "before", layout FROM mark').get() ?? {}
  return {
    page: numberOf(database, `SELECT rootpage FROM sqlite_schema WHERE name = 'mark'`),
    mark: {
      line: String(row['line']),
      commits: Number(row['commits']),
      before: String(row['before']),
      layout: numberOf(database, 'PRAGMA schema_version'),
    },
  }
}

/**
 * The marks that the log's commits have written to `page`, in order; null: the log has no complete commit, so SQLite ignores
 * it.
 */
function readLog(file: string, page: number): readonly StateMark[] | null {
  const descriptor = openSync(`${file}-wal`, 'r')
  try {
    return marksOf(descriptor, page)
  } finally {
    closeSync(descriptor)
  }
}

function marksOf(descriptor: number, page: number): readonly StateMark[] | null {
  const header = read(descriptor, 0, logHeaderBytes)
  const isLittleEndian = header.readUInt32BE(0) === magicOfLittleEndian
  const pageBytes = header.readUInt32BE(8)
  const salts = header.subarray(16, 24)
  let sum = addTo([0, 0], header.subarray(0, 24), isLittleEndian)
  if (!endsWith(header, sum)) return null
  const marks: StateMark[] = []
  // The marks of the commit that is being read. They count once the last frame of the commit is valid.
  let open: StateMark[] = []
  let hasCommit = false
  const frameBytes = frameHeaderBytes + pageBytes
  for (let at = logHeaderBytes; ; at += frameBytes) {
    const frame = read(descriptor, at, frameBytes)
    if (frame.length < frameBytes || !frame.subarray(8, 16).equals(salts)) break
    sum = addTo(sum, frame.subarray(0, 8), isLittleEndian)
    sum = addTo(sum, frame.subarray(frameHeaderBytes), isLittleEndian)
    if (!endsWith(frame.subarray(0, frameHeaderBytes), sum)) break
    const mark = frame.readUInt32BE(0) === page ? parseMark(frame.subarray(frameHeaderBytes)) : null
    if (mark !== null) open.push(mark)
    if (frame.readUInt32BE(4) === 0) continue
    hasCommit = true
    marks.push(...open)
    open = []
  }
  return hasCommit ? marks : null
}

function read(descriptor: number, at: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  return buffer.subarray(0, readSync(descriptor, buffer, 0, length, at))
}

type Sum = readonly [number, number]

/** Adds bytes to SQLite's cumulative checksum, which processes pairs of words in the byte order of the log. */
function addTo([first, second]: Sum, bytes: Buffer, isLittleEndian: boolean): Sum {
  let [one, two] = [first, second]
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at + 8 <= bytes.byteLength; at += 8) {
    one = (one + words.getUint32(at, isLittleEndian) + two) >>> 0
    two = (two + words.getUint32(at + 4, isLittleEndian) + one) >>> 0
  }
  return [one, two]
}

/** Whether a header ends with this checksum. */
function endsWith(header: Buffer, [one, two]: Sum): boolean {
  return header.readUInt32BE(header.length - 8) === one && header.readUInt32BE(header.length - 4) === two
}

/**
 * The mark on a page; null if the page is not a leaf with the single row of `mark`.
 * https://sqlite.org/fileformat2.html#record_format
 */
function parseMark(page: Buffer): StateMark | null {
  try {
    return readMark(page)
  } catch (error) {
    // The log is of another journal, which has another table on this page.
    if (error instanceof RangeError) return null
    throw error
  }
}

function readMark(page: Buffer): StateMark | null {
  if (page.readUInt8(0) !== 0x0d || page.readUInt16BE(3) !== 1) return null
  const [, line, commits, before, layout] = parseRow(page, page.readUInt16BE(8))
  if (typeof line !== 'string' || typeof before !== 'string') return null
  return { line, commits: Number(commits), before, layout: Number(layout) }
}

/** The columns of the row that begins at `start`: texts and whole numbers. */
function parseRow(page: Buffer, start: number): readonly (string | number)[] {
  const cursor = { at: start }
  // Skips the length of the row and its rowid.
  readVarint(page, cursor)
  readVarint(page, cursor)
  const header = cursor.at
  const headerEnd = header + readVarint(page, cursor)
  const types: number[] = []
  while (cursor.at < headerEnd) types.push(readVarint(page, cursor))
  return types.map((type) => readValue(page, cursor, type))
}

/** Reads a SQLite varint below 2^53 and moves the cursor to its end. */
function readVarint(page: Buffer, cursor: { at: number }): number {
  for (let value = 0; ;) {
    const byte = page.readUInt8(cursor.at++)
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return value
  }
}

const integerBytes: readonly number[] = [0, 1, 2, 3, 4, 6, 8]

function readValue(page: Buffer, cursor: { at: number }, type: number): string | number {
  if (type === 8 || type === 9) return type - 8
  const start = cursor.at
  const length = integerBytes[type] ?? Math.floor((type - 12) / 2)
  cursor.at += length
  if (type >= 12) return page.toString('utf8', start, cursor.at)
  if (length <= 6) return length === 0 ? 0 : page.readIntBE(start, length)
  return Number(page.readBigInt64BE(start))
}
