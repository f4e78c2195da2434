/**
 * Reads a journal's file beside whoever serves it: takes no lock, changes nothing, and keeps the server from nothing,
 * for no read lasts longer than a page.
 */
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { type Entry, JournalFault, type JournalId, type Position } from '../journal.ts'
import { parsePosition } from '../position.ts'
import { type Finding, Inspector } from '../sqlite/inspect.ts'
import { checkLogUnlessServed } from '../sqlite/lock.ts'
import { checkPlace, realPath } from '../sqlite/place.ts'
import { Reader } from '../sqlite/reader.ts'
import { formatOf } from '../sqlite/schema.ts'
import { fileFault } from '../sqlite/sqlite-fault.ts'
import type { Source } from './source.ts'
import type { Last } from './tally.ts'

/** @throws JournalFault 'unavailable' if there is no such file or it cannot be read, 'corrupt' if it is no journal. */
export function openSqliteSource(path: string): Source {
  return opening(path, (file) => new SqliteSource(new Reader(file)))
}

/** Everything that an inspection of the file finds. */
export interface FileInspection extends Disposable {
  findings(): Iterable<Finding>
}

/** @throws JournalFault as {@link openSqliteSource} */
export function openInspection(path: string): FileInspection {
  return opening(path, (file) => {
    const database = new DatabaseSync(file, { readOnly: true })
    const inspector = new Inspector(database)
    return { findings: () => inspector.all(), [Symbol.dispose]: () => database.close() }
  })
}

function opening<Opened>(path: string, open: (file: string) => Opened): Opened {
  try {
    const file = realPath(path)
    if (checkPlace(file) === null) throw new JournalFault('unavailable', `there is no journal ${file}`)
    checkLogUnlessServed(file)
    syncLog(file)
    {
      using database = new DatabaseSync(file, { readOnly: true })
      if (formatOf(file, database) === 0) throw new JournalFault('corrupt', `${file} is empty: name another file`)
    }
    return open(file)
  } catch (cause) {
    throw fileFault(path, cause)
  }
}

/** What a killed process wrote and never synced is taken for stored by whoever opens the file: so it has to be. */
function syncLog(file: string): void {
  if (!existsSync(`${file}-wal`)) return
  const descriptor = openSync(`${file}-wal`, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

class SqliteSource implements Source {
  readonly id: JournalId | null
  readonly isExact = true
  readonly #reader: Reader
  /** The position of the last entry when the source was opened: so an export ends, however fast others append. */
  readonly #length: number

  constructor(reader: Reader) {
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
