/**
 * A backup: one file with everything that a server needs. The keys come first, then an export of all games.
 * docs/SPEC.md, [X7], describes the format.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { ExportFault, ExportReader, type Stretch } from '../../journal/portable/index.ts'
import { stopOfFile } from '../../server/files.ts'
import type { FileOwner } from '../../server/owner.ts'

/** The newest format that this code reads and the only one that it writes. */
const format = 1

/** The longest first line of a backup, in bytes: enough for many keys. */
const headBytesMax = 65_536

export interface BackupHead {
  /** The id of the journal's history; null if the journal's format has none. */
  readonly journal: string | null
  /** When the backup began, ms since 1970. */
  readonly at: number
  /** The token keys: the first one signs, all of them verify. */
  readonly keys: readonly string[]
  /** The owner of the journal's file; null if the journal was not a file, or the owner is unknown. */
  readonly owner: FileOwner | null
}

/** An existing backup whose first line was read. */
export interface Backup {
  readonly file: string
  readonly head: BackupHead
  /** The offset of the export in the file, in bytes. */
  readonly start: number
}

export function makeHeadLine({ journal, at, keys, owner }: BackupHead): string {
  const head: BackupHead = { journal, at, keys, owner }
  return `${JSON.stringify({ oxo: 'backup', format, ...head, digest: digestOf(head) })}\n`
}

/** @throws ExportFault if it is not a backup, or its first line is damaged; Stop if the file cannot be read. */
export async function openBackup(file: string): Promise<Backup> {
  const bytes = await readStart(file)
  const end = bytes.indexOf('\n')
  const line = bytes.subarray(0, end < 0 ? bytes.length : end).toString()
  if (end < 0 && bytes.length < headBytesMax && (line === '' || line.startsWith('{"oxo":"backup"')))
    throw new ExportFault('cut-short', `the backup ${file} is cut short in line 1`, { line: 1 })
  return { file, head: parseHead(file, line), start: end + 1 }
}

/** Yields the first `end` bytes of the export; all of them by default. */
export async function* readExport({ file, start }: Backup, end?: number): AsyncGenerator<Uint8Array> {
  if (end === 0) return
  const to = end === undefined ? {} : { end: start + end - 1 }
  yield* createReadStream(file, { highWaterMark: 1 << 20, start, ...to })
}

/** Reads the whole export and verifies every line, chain and digest. @throws ExportFault */
export async function verifyBackup(backup: Backup, hear: (stretch: Stretch) => void = () => {}): Promise<ExportReader> {
  const reader = new ExportReader()
  for await (const stretch of reader.read(readExport(backup))) hear(stretch)
  return reader
}

async function readStart(file: string): Promise<Buffer> {
  const bytes = Buffer.alloc(headBytesMax)
  let handle: FileHandle | null = null
  try {
    handle = await open(file)
    const { bytesRead } = await handle.read(bytes, 0, headBytesMax, 0)
    return bytes.subarray(0, bytesRead)
  } catch (cause) {
    throw stopOfFile(file, cause)
  } finally {
    await handle?.close()
  }
}

function parseHead(file: string, line: string): BackupHead {
  const value = parseObject(line)
  if (value?.['oxo'] === 'export')
    throw new ExportFault('unknown-format', `${file} is an export, without keys: \`oxo import\` takes it`)
  if (value?.['oxo'] !== 'backup')
    throw new ExportFault('unknown-format', `${file} is no backup: \`oxo backup\` writes one`)
  if (value['format'] !== format) {
    const advice = 'which this Oxo does not read: use the Oxo that wrote it, or a newer one'
    throw new ExportFault('unknown-format', `${file} has format ${String(value['format'])}, ${advice}`)
  }
  const { journal, at, keys, owner } = value as unknown as BackupHead
  const head: BackupHead = { journal, at, keys, owner }
  if (value['digest'] === digestOf(head) && `${line}\n` === makeHeadLine(head)) return head
  throw new ExportFault('damaged', `line 1 of ${file} is damaged: it does not match its digest`, { line: 1 })
}

function digestOf(head: BackupHead): string {
  return createHash('sha256').update(JSON.stringify(head)).digest('hex')
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
