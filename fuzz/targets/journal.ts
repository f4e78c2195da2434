/** Fuzzes the reader of the journal with damaged files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Entry, JournalFault } from '../../src/journal/index.ts'
import { openDatabase } from '../../src/journal/sqlite/database.ts'
import { SqliteReader } from '../../src/journal/sqlite/reader.ts'
import { fileFault } from '../../src/journal/sqlite/sqlite-fault.ts'
import { SqliteWriter } from '../../src/journal/sqlite/writer.ts'
import { type Attack, FuzzFinding, type Target } from '../lib/target.ts'

const games = ['a', 'b', 'c']
const versions = 40

export const journalTarget: Target = {
  name: 'journal',
  about: 'the reader of a damaged journal file; an input is a list of offsets and bytes',
  words: [
    '\0\0\0\0',
    '\0\u0010',
    'SQLite format 3',
    'entry 1 of a',
    '\u00ff\u00ff',
    '\u000d\0\0\0',
    '\u0005',
    '\u0002',
  ],
  plants: { unchecked: 'entries are read without a check of their chain' },
  open: async (plant) => new JournalAttack(plant),
}

class JournalAttack implements Attack {
  readonly #folder = mkdtempSync(join(tmpdir(), 'oxo-fuzz-'))
  readonly #file = join(this.#folder, 'journal')
  readonly #whole: Buffer
  readonly #entries: ReadonlyMap<string, readonly Entry[]>
  readonly #isChecked: boolean

  constructor(plant: string | null) {
    this.#isChecked = plant === null
    write(this.#file)
    this.#whole = readFileSync(this.#file)
    using reader = new SqliteReader(this.#file)
    this.#entries = new Map(games.map((game) => [game, readGame(reader, game)]))
  }

  async give(input: Buffer): Promise<() => string> {
    const kind = await this.#judge(input)
    return () => kind
  }

  async #judge(input: Buffer): Promise<string> {
    writeFileSync(this.#file, damage(this.#whole, input))
    try {
      openDatabase(this.#file, 'process').close()
      using reader = new SqliteReader(this.#file)
      const kinds = new Set<string>()
      for (const game of games)
        kinds.add(this.#compare(game, this.#isChecked ? await reader.game(game, 0) : readGame(reader, game)))
      return [...kinds].sort().join(' ')
    } catch (cause) {
      if (cause instanceof FuzzFinding) throw cause
      // The callers of `openDatabase` convert errors of SQLite in this way.
      const fault = cause instanceof JournalFault ? cause : fileFault(this.#file, cause)
      if (!(fault instanceof JournalFault)) throw new FuzzFinding(`it throws ${String(fault)}`)
      return fault.fault
    } finally {
      for (const end of ['', '-wal', '-shm', '-journal']) rmSync(this.#file + end, { force: true })
    }
  }

  /** A damaged index may hide entries, but no entry may differ from what was written. @throws Finding */
  #compare(game: string, got: readonly Entry[]): string {
    const whole = this.#entries.get(game) ?? []
    for (const [index, { version, body }] of got.entries()) {
      const was = whole[index]
      if (version !== was?.version || body !== was.body)
        throw new FuzzFinding(`entry ${version} of ${game} reads ${JSON.stringify(body)}`)
    }
    return isDeepStrictEqual(got, whole) ? 'whole' : 'short'
  }

  async serve(): Promise<void> {
    writeFileSync(this.#file, this.#whole)
    using reader = new SqliteReader(this.#file)
    for (const game of games)
      if (this.#compare(game, await reader.game(game, 0)) !== 'whole') throw new FuzzFinding(`${game} reads short`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function write(file: string): void {
  using database = openDatabase(file, 'process')
  const writer = new SqliteWriter(database)
  for (let version = 0; version < versions; version++) {
    const bodies = games.map((game) => `entry ${version + 1} of ${game}, with some more text`)
    writer.commit({ games, afters: games.map(() => version), bodies, followed: false })
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

/** Applies edits of three bytes each: a 16-bit offset and the new byte. Two remaining bytes truncate the file. */
function damage(whole: Buffer, edits: Buffer): Buffer {
  const bytes = Buffer.from(whole)
  const most = Math.min(edits.length - (edits.length % 3), 3 * 64)
  for (let at = 0; at + 2 < most; at += 3) bytes[edits.readUInt16BE(at) % bytes.length] = edits[at + 2] ?? 0
  return edits.length % 3 === 2 ? bytes.subarray(0, edits.readUInt16BE(edits.length - 2) % bytes.length) : bytes
}

/** Reads a game without checking its chain, as the planted bug does. */
function readGame(reader: SqliteReader, game: string): readonly Entry[] {
  const all: Entry[] = []
  for (let length = reader.length, at = 0; at < length;) {
    const page = reader.page(at)
    all.push(...page.filter((entry) => entry.game === game))
    at += page.length
  }
  return all
}
