/** Writes an export: the entries of a source in their order, with marks between them. Verifies each chain. */
import { JournalFault, type Entry, type Position } from '../journal.ts'
import { header, makeEntryLine, makeMarkLine, type ExportMark, stretchBytesMax, stretchEntriesMax } from './format.ts'
import type { ExportSource } from './source.ts'
import type { ExportTally } from './tally.ts'

export interface ExportSink {
  /** Resolves when the next text may be written. */
  write(text: string): Promise<void>
}

/** Called after each mark, with the state of the export. */
export type Progress = (mark: ExportMark) => void

export class ExportWriter {
  readonly #sink: ExportSink
  readonly #tally: ExportTally
  readonly #onMark: Progress
  /** Lines since the last mark, the entries among them, and their bytes. */
  #lines: string[] = []
  #entries = 0
  #bytes = 0

  /** @param tally the state of the export that the sink already contains; the writer continues it. */
  constructor(sink: ExportSink, tally: ExportTally, onMark: Progress = () => {}) {
    this.#sink = sink
    this.#tally = tally
    this.#onMark = onMark
  }

  /**
   * Writes all entries of the source after position `after`, then the end. If `after` is null, it begins with the header;
   * otherwise with a mark that replaces the last one. If writing fails, everything up to the last mark is valid.
   * @throws JournalFault 'corrupt' for an entry that does not match its chain; any error of source and sink
   */
  async write(source: ExportSource, after: Position | null): Promise<ExportMark> {
    if (after === null) this.#add(`${header}\n`)
    else await this.#mark('mark')
    for (let position = after ?? ''; ;) {
      const page = await source.page(position)
      for (const entry of page) {
        this.#take(entry, source.isExact)
        if (this.#entries >= stretchEntriesMax || this.#bytes >= stretchBytesMax) await this.#mark('mark')
      }
      const last = page.at(-1)
      if (last === undefined) return this.#mark('end')
      position = last.position
    }
  }

  #take(entry: Entry, isExact: boolean): void {
    const result = this.#tally.take(entry)
    if (result === 'void' && isExact) throw corrupt(`it has entry ${entry.version} of game ${entry.game} twice`)
    if (result === 'void') return
    const { game, version, position } = entry
    if (result === 'gap') throw corrupt(`an entry before entry ${version} of game ${game} is missing`)
    if (result === 'broken') throw corrupt(`entry ${version} of game ${game} does not match its chain`)
    this.#tally.reach(position)
    this.#add(makeEntryLine(entry))
    this.#entries++
  }

  #add(line: string): void {
    this.#lines.push(line)
    this.#bytes += Buffer.byteLength(line)
  }

  async #mark(type: 'mark' | 'end'): Promise<ExportMark> {
    const lines = this.#lines.join('')
    this.#tally.digest(lines)
    const mark = this.#tally.mark()
    const line = makeMarkLine(type, mark)
    this.#tally.digest(line)
    this.#lines = []
    this.#entries = 0
    this.#bytes = 0
    await this.#sink.write(lines + line)
    this.#onMark(mark)
    return mark
  }
}

function corrupt(what: string): JournalFault {
  return new JournalFault('corrupt', `the journal is damaged: ${what}; the entries exported before it are valid`)
}
