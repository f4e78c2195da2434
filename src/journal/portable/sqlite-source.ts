/**
 * Reads the file of a journal, also while a server uses it. It takes no lock and changes nothing. It does not block the server,
 * because no read is longer than a page.
 */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { syncFile } from '../../base/node/index.ts'
import { type Entry, JournalFault, type JournalId, type Position } from '../journal.ts'
import { parsePosition } from '../position.ts'
import { type InspectionStep, Inspector } from '../sqlite/inspect.ts'
import { checkLogUnlessServed } from '../sqlite/lock.ts'
import { checkPlace, realPath } from '../sqlite/place.ts'
import { SqliteReader } from '../sqlite/reader.ts'
import { formatOf } from '../sqlite/schema.ts'
import { fileFault } from '../sqlite/sqlite-fault.ts'
import type { ExportSource } from './source.ts'
import type { Last } from './tally.ts'

/** @throws JournalFault 'unavailable' if the file is missing or cannot be read, 'corrupt' if it is not a journal */
export function openSqliteSource(path: string): ExportSource {
  return openChecked(path, (file) => new SqliteSource(new SqliteReader(file)))
}

/** An inspection of the whole file. */
export interface FileInspection extends Disposable {
  findings(): Iterable<InspectionStep>
}

/** @throws JournalFault as {@link openSqliteSource} */
export function openInspection(path: string): FileInspection {
  return openChecked(path, (file) => {
    const database = new DatabaseSync(file, { readOnly: true })
    const inspector = new Inspector(database)
    return { findings: () => inspector.all(), [Symbol.dispose]: () => database.close() }
  })
}

function openChecked<Opened>(path: string, open: (file: string) => Opened): Opened {
  try {
    const file = realPath(path)
    if (checkPlace(file) === null) throw new JournalFault('unavailable', `there is no journal ${file}: check the path`)
    checkLogUnlessServed(file)
    // A killed process may have written data that it never synced, and a reader treats this data as stored.
    if (existsSync(`${file}-wal`)) syncFile(`${file}-wal`)
    {
      using database = new DatabaseSync(file, { readOnly: true })
      if (formatOf(file, database) === 0) throw new JournalFault('corrupt', `${file} is empty: choose another file`)
    }
    return open(file)
  } catch (cause) {
    throw fileFault(path, cause)
  }
}

class SqliteSource implements ExportSource {
  readonly id: JournalId | null
  readonly isExact = true
  readonly #reader: SqliteReader
  /** The position of the last entry when the source was opened. An export ends there, however fast others append. */
  readonly #length: number

  constructor(reader: SqliteReader) {
    this.id = reader.knownId
    this.#reader = reader
    this.#length = reader.length
  }

  async page(after: Position): Promise<readonly Entry[]> {
    const index = parsePosition(after, this.#length)
    return index === this.#length ? [] : this.#reader.page(index).slice(0, this.#length - index)
  }

  async holds({ game, version, chain }: Last, position: Position): Promise<boolean> {
    const [entry] = await this.#reader.game(game, version - 1, 1)
    return entry?.chain === chain && entry.position === position
  }

  async close(): Promise<void> {
    this.#reader.close()
  }
}
