/** Reads an export and verifies every line, every chain and every digest. */
import { ExportFault } from './export-fault.ts'
import { header, isKnownFormat, type ExportMark, parseHeader, parseLine, type PortableEntry } from './format.ts'
import { stretchBytesMax, stretchEntriesMax } from './format.ts'
import { type NumberedLine, readLines } from './lines.ts'
import { type EntryCheck, ExportTally } from './tally.ts'

/** The entries between two marks, confirmed by the second one. */
export interface Stretch {
  readonly entries: readonly PortableEntry[]
  readonly mark: ExportMark
  /** Whether the mark is the end of the export. */
  readonly isEnd: boolean
  /** Bytes of the export before the line of the mark. */
  readonly bytesBefore: number
  /** Bytes of the export, including the line of the mark. */
  readonly bytes: number
}

const noExport = (): ExportFault => new ExportFault('unknown-format', 'this is not an export: `oxo export` writes one')
const newer = 'which this Oxo does not read: use the Oxo that wrote it, or a newer one'

export class ExportReader {
  /** Covers everything read, except a mark in the last line. Includes entries whose mark has not been read yet. */
  readonly tally = new ExportTally()
  /** The mark in the last line that was read; null: that line was not a mark. */
  #mark: Buffer | null = null
  #entries: PortableEntry[] = []
  /** The number of the line after the last mark. */
  #first = 2
  #stretchBytes = 0
  #bytes = 0
  #isEnded = false

  /**
   * Yields every stretch in order. The last one contains the end.
   * @throws ExportFault with the first line that is not part of a valid export, or if the export is incomplete
   */
  async *read(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Stretch> {
    let isEmpty = true
    for await (const lines of readLines(chunks))
      for (const line of lines) {
        isEmpty = false
        const stretch = this.#take(line)
        if (stretch !== null) yield stretch
      }
    if (isEmpty) throw new ExportFault('cut-short', 'the export is cut short: it is empty')
    if (!this.#isEnded) throw new ExportFault('cut-short', 'the export is cut short: it has no end line')
  }

  #take(line: NumberedLine): Stretch | null {
    const { number, bytes } = line
    const text = this.#textOf(line)
    if (this.#mark !== null) this.tally.digest(this.#mark)
    this.#mark = null
    if (number === 1) this.#takeHeader(text)
    else {
      const parsed = parseLine(text)
      if (parsed === null) throw damaged(number, 'it is not a line of an export')
      if (parsed.type !== 'entry') return this.#takeMark(parsed.mark, parsed.type === 'end', line)
      this.#takeEntry(parsed.entry, number, bytes.length)
    }
    this.tally.digest(bytes)
    this.#bytes += bytes.length
    return null
  }

  #textOf({ number, bytes, broken }: NumberedLine): string {
    const text = bytes.toString()
    if (this.#isEnded) throw damaged(number, 'nothing may follow the end')
    if (number === 1 && broken !== null && !header.startsWith(text)) throw noExport()
    if (broken === 'without its end')
      throw new ExportFault('cut-short', `the export is cut short in line ${number}`, { line: number })
    if (broken !== null) throw damaged(number, `it is ${broken}`)
    return text
  }

  #takeHeader(text: string): void {
    const found = parseHeader(text)
    if (found === null) throw noExport()
    if (!isKnownFormat(found)) throw new ExportFault('unknown-format', `the export has format ${found}, ${newer}`)
    if (text !== `${header}\n`) throw damaged(1, 'it is not a header of format 1')
  }

  #takeEntry(entry: PortableEntry, line: number, bytes: number): void {
    const { game, version } = entry
    const { version: before } = this.tally.heads.of(game)
    const result = this.tally.take(entry)
    if (result !== 'next')
      throw new ExportFault('damaged', reasonOf(result, entry, { line, before }), { line, game, version })
    this.#stretchBytes += bytes
    this.#entries.push(entry)
    if (this.#entries.length <= stretchEntriesMax && this.#stretchBytes - bytes <= stretchBytesMax) return
    throw damaged(line, 'there is no mark before it')
  }

  #takeMark(mark: ExportMark, isEnd: boolean, { number, bytes }: NumberedLine): Stretch {
    const { entries, games, digest } = this.tally.mark()
    const stretch = this.#first === number ? `line ${number}` : `lines ${this.#first} to ${number}`
    if (mark.entries !== entries || mark.games !== games) {
      const counts = `${mark.entries} entries of ${mark.games} games, but there are ${entries} of ${games}`
      throw new ExportFault('damaged', `${stretch}: the mark counts ${counts}`, { line: number })
    }
    if (mark.digest !== digest) {
      const what = 'the digest does not match: a line was changed or moved'
      throw new ExportFault('damaged', `${stretch}: ${what}`, { line: number })
    }
    const taken = this.#entries
    const bytesBefore = this.#bytes
    this.#mark = bytes
    this.tally.reach(mark.position)
    this.#bytes += bytes.length
    this.#entries = []
    this.#stretchBytes = 0
    this.#first = number + 1
    this.#isEnded = isEnd
    return { entries: taken, mark, isEnd, bytes: this.#bytes, bytesBefore }
  }
}

function reasonOf(
  result: EntryCheck,
  { game, version }: PortableEntry,
  { line, before }: { readonly line: number; readonly before: number },
): string {
  const entry = `line ${line} is damaged: entry ${version} of game ${game}`
  if (result === 'broken') return `${entry} does not match its chain`
  return `${entry} comes after entry ${before}: a line is missing or was moved`
}

function damaged(line: number, why: string): ExportFault {
  return new ExportFault('damaged', `line ${line} is damaged: ${why}`, { line })
}
