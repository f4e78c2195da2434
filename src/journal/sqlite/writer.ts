/** Makes batches durable, each with one transaction and one sync. Synchronous; it runs in a separate thread. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { assert } from '../../base/index.ts'
import { type Chain, chainStart } from '../chain.ts'
import type { GameId, Version } from '../journal.ts'
import { headsMax, uncountedMax } from '../limits.ts'
import { LruCache } from '../lru-cache.ts'
import { GameDamage, type GameRow, GameTable } from './game-table.ts'
import type { AppendBatch, Committed, Refused } from './messages.ts'
import { isBusy, isCorrupt, isFull, sha256Chain, numberOf } from '../../base/node/index.ts'
import { lengthOf } from './schema.ts'

/** Entries that one statement inserts: this costs half as much as one statement for each entry. */
const entriesAtOnce = 16
const columns = 5

/** The last entry of a game, as it was stored. */
export interface WriterHead {
  /** The game's number in the file. */
  readonly number: number
  version: Version
  chain: Chain
}

export class SqliteWriter {
  readonly #database: DatabaseSync
  readonly #heads: LruCache<GameId, WriterHead>
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #count: StatementSync
  readonly #table: GameTable
  readonly #findHead: StatementSync
  readonly #setVersion: StatementSync
  readonly #setCounted: StatementSync
  readonly #findUncounted: StatementSync
  readonly #addGame: StatementSync
  readonly #addEntry: StatementSync
  readonly #addEntries: StatementSync
  /** The position of the last entry. */
  #length = 0
  /** The number of the last game. */
  #games = 0
  /** The position up to which entries are counted in the rows of games, and the games that got more entries since then. */
  #counted = 0
  readonly #uncounted = new Map<number, { readonly version: Version }>()

  /** The caller keeps ownership of the database and closes it. */
  constructor(database: DatabaseSync, heads = new LruCache<GameId, WriterHead>(headsMax)) {
    this.#database = database
    this.#heads = heads
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
    this.#rollback = database.prepare('ROLLBACK')
    const line = String(database.prepare('SELECT line FROM mark').get()?.['line'])
    this.#count = database.prepare(`UPDATE mark SET commits = commits + 1 WHERE line = '${line}'`)
    this.#table = new GameTable(database)
    this.#findHead = database.prepare(`
      SELECT version, body, lower(hex(chain)) AS chain FROM entry WHERE game = ? ORDER BY version DESC LIMIT 2`)
    this.#setVersion = database.prepare('UPDATE game SET version = ? WHERE number = ?')
    this.#findUncounted = database.prepare(
      'SELECT game, max(version) AS version FROM entry NOT INDEXED WHERE position > ? GROUP BY game',
    )
    this.#setCounted = database.prepare('UPDATE mark SET counted = ?')
    this.#addGame = database.prepare('INSERT INTO game (number, id) VALUES (?, ?)')
    const add = (entries: number): StatementSync => {
      const rows = Array.from({ length: entries }, () => '(?, ?, ?, ?, unhex(?))')
      return database.prepare(`INSERT INTO entry (position, game, version, body, chain) VALUES ${rows.join()}`)
    }
    this.#addEntry = add(1)
    this.#addEntries = add(entriesAtOnce)
    this.#recount()
    this.count()
  }

  /** Stores the number of entries of each game in its row. Readers compare the entries they find with this number. */
  count(): void {
    if (this.#length === this.#counted) return
    this.#begin.run()
    this.#count.run()
    this.#storeCounts()
    this.#commit.run()
  }

  /** @throws an error if it is not known whether the batch was stored. Then the writer must not be used again. */
  commit(batch: AppendBatch): Committed | Refused {
    try {
      this.#begin.run()
      if (this.#count.run().changes !== 1) throw new Error('another process has written to the file')
      const committed = this.#store(batch)
      if (this.#length - this.#counted >= uncountedMax) this.#storeCounts()
      this.#commit.run()
      return committed
    } catch (error) {
      return isCorrupt(error) ? this.#isolate(batch, error) : this.#refuse(error)
    }
  }

  /** Commits each append of the batch by itself, because one of them needs a damaged page. The others are stored. */
  #isolate({ games, afters, bodies, followed }: AppendBatch, cause: unknown): Committed | Refused {
    this.#undo()
    if (games.length === 1) return { type: 'committed', conflicts: [0], damages: [[0, String(cause)]], chains: '' }
    const conflicts: number[] = []
    const damages: [number, string][] = []
    let chains = ''
    for (let index = 0; index < games.length; index++) {
      const [only, next] = [index, index + 1]
      const one = { games: games.slice(only, next), afters: afters.slice(only, next), bodies: bodies.slice(only, next) }
      const answer = this.commit({ ...one, followed })
      // A part of the batch is stored already and cannot be undone.
      if (answer.type === 'refused') throw answer.cause
      if (answer.conflicts.length > 0) conflicts.push(index)
      for (const [, why] of answer.damages) damages.push([index, why])
      chains += answer.chains
    }
    return { type: 'committed', conflicts, damages, chains }
  }

  /** See {@link GameTable.refuse}. */
  refuse(game: GameId): void {
    this.#table.refuse(game)
  }

  #store({ games, afters, bodies, followed }: AppendBatch): Committed {
    const conflicts: number[] = []
    const damages: [number, string][] = []
    const values: SQLInputValue[] = []
    let chains = ''
    for (let index = 0; index < games.length; index++) {
      const game = games[index]
      const after = afters[index]
      const body = bodies[index]
      assert(game !== undefined && after !== undefined && body !== undefined, 'the columns of a batch have one length')
      const known = this.#heads.get(game) ?? this.#load(game)
      if (typeof known === 'string') damages.push([index, known])
      if (typeof known === 'string' || after !== (known?.version ?? 0)) {
        conflicts.push(index)
        continue
      }
      const head = known ?? this.#create(game)
      head.version++
      this.#uncounted.set(head.number, head)
      head.chain = sha256Chain(head.chain, head.version, body)
      values.push(++this.#length, head.number, head.version, body, head.chain)
      if (followed) chains += head.chain
    }
    this.#add(values)
    return { type: 'committed', conflicts, damages, chains }
  }

  #add(values: readonly SQLInputValue[]): void {
    let done = 0
    for (let end = entriesAtOnce * columns; end <= values.length; end += entriesAtOnce * columns) {
      this.#addEntries.run(...values.slice(done, end))
      done = end
    }
    for (; done < values.length; done += columns) this.#addEntry.run(...values.slice(done, done + columns))
  }

  /** The head of a game; undefined: there is no such game. A string: the game is damaged, for this reason. */
  #load(game: GameId): WriterHead | string | undefined {
    try {
      const row = this.#table.find(game)
      if (row === null) return undefined
      const head = { number: row.number, ...this.#headOf(game, row) }
      this.#heads.set(game, head)
      return head
    } catch (error) {
      if (error instanceof GameDamage) return error.message
      throw error
    }
  }

  /** The last entry. @throws GameDamage if it does not match its chain, or if counted entries after it are missing */
  #headOf(game: GameId, { number, version: counted }: GameRow): Omit<WriterHead, 'number'> {
    const [last, previous] = this.#lastTwo(game, number)
    const version = Number(last?.['version'] ?? 0)
    const expected = Math.max(counted, this.#uncounted.get(number)?.version ?? 0)
    if (version < expected) throw new GameDamage(`game ${game} has lost its entries ${version + 1} to ${expected}`)
    const before = version === 1 ? { version: 0, chain: chainStart } : previous
    const chain = String(last?.['chain'])
    const isNext = Number(before?.['version']) === version - 1
    if (isNext && sha256Chain(String(before?.['chain']), version, String(last?.['body'])) === chain)
      return { version, chain }
    throw new GameDamage(`entry ${version} of game ${game} does not match its chain`)
  }

  #lastTwo(game: GameId, number: number): readonly Record<string, SQLOutputValue>[] {
    try {
      return this.#findHead.all(number)
    } catch (error) {
      if (isCorrupt(error)) throw new GameDamage(`the last entries of game ${game} cannot be read`, { cause: error })
      throw error
    }
  }

  #storeCounts(): void {
    for (const [number, { version }] of this.#uncounted) this.#setVersion.run(version, number)
    this.#setCounted.run(this.#length)
    this.#counted = this.#length
    this.#uncounted.clear()
  }

  #create(game: GameId): WriterHead {
    const head = { number: ++this.#games, version: 0, chain: chainStart }
    this.#addGame.run(head.number, game)
    this.#heads.set(game, head)
    return head
  }

  /** Undoes the batch if the disk is full or another program is writing: then nothing was stored. @throws any other error */
  #refuse(error: unknown): Refused {
    if (!isFull(error) && !isBusy(error)) throw error
    this.#undo()
    return isFull(error)
      ? { type: 'refused', fault: 'storage-full', message: 'no space for the journal', cause: error }
      : { type: 'refused', fault: 'unavailable', message: 'another program writes to the journal', cause: error }
  }

  /**
   * Rolls back, unless SQLite has done so. A commit that failed for lack of space or because of damage has not written its
   * commit record.
   */
  #undo(): void {
    if (this.#database.isTransaction) this.#rollback.run()
    this.#heads.clear()
    this.#recount()
  }

  #recount(): void {
    this.#length = lengthOf(this.#database)
    this.#games = numberOf(this.#database, 'SELECT max(number) FROM game')
    this.#counted = numberOf(this.#database, 'SELECT counted FROM mark')
    this.#uncounted.clear()
    for (const { game, version } of this.#findUncounted.all(this.#counted))
      this.#uncounted.set(Number(game), { version: Number(version) })
  }
}
