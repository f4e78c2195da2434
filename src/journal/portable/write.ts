/** Writes an export: the entries of a source in their order, each chain verified, with marks between. */
import { JournalFault, type Entry, type Position } from '../journal.ts'
import { header, makeEntryLine, makeMarkLine, type Mark, stretchBytesMax, stretchEntriesMax } from './format.ts'
import type { Source } from './source.ts'
import type { Tally } from './tally.ts'

export interface Sink {
  /** Resolves when more may be written. */
  write(text: string): Promise<void>
}

/** What has been exported so far. */
export type Progress = (mark: Mark) => void

export class ExportWriter {
  readonly #sink: Sink
  readonly #tally: Tally
  readonly #hear: Progress
  /** Lines since the last mark, the entries among them, and their bytes. */
  #lines: string[] = []
  #entries = 0
  #bytes = 0

  /** `tally`: of what the sink holds already, which this goes on from. */
  constructor(sink: Sink, tally: Tally, hear: Progress = () => {}) {
    this.#sink = sink
    this.#tally = tally
    this.#hear = hear
  }

  /**
   * Writes all that the source has behind `after`, then the end: from the header on if `after` is null, else going on
   * where the last mark of what is there stood. What was written up to a mark is good whatever happens.
   * @throws JournalFault 'corrupt' for an entry that does not match its chain; what source and sink throw.
   */
  async write(source: Source, after: Position | null): Promise<Mark> {
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
    const standing = this.#tally.take(entry)
    if (standing === 'void' && isExact) throw corrupt(`entry ${entry.version} of game ${entry.game} is there twice`)
    if (standing === 'void') return
    const { game, version, position } = entry
    if (standing === 'gap') throw corrupt(`an entry before entry ${version} of game ${game} is missing`)
    if (standing === 'broken') throw corrupt(`entry ${version} of game ${game} does not match its chain`)
    this.#tally.reach(position)
    this.#add(makeEntryLine(entry))
    this.#entries++
  }

  #add(line: string): void {
    this.#lines.push(line)
    this.#bytes += Buffer.byteLength(line)
  }

  async #mark(type: 'mark' | 'end'): Promise<Mark> {
    const lines = this.#lines.join('')
    this.#tally.digest(lines)
    const mark = this.#tally.mark()
    const line = makeMarkLine(type, mark)
    this.#tally.digest(line)
    this.#lines = []
    this.#entries = 0
    this.#bytes = 0
    await this.#sink.write(lines + line)
    this.#hear(mark)
    return mark
  }
}

function corrupt(what: string): JournalFault {
  return new JournalFault('corrupt', `the journal is damaged: ${what}; what was exported before it holds`)
}
