/** Makes batches durable: one transaction, one sync. Synchronous; it lives in a thread of its own. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { assert } from '../../base/index.ts'
import { chainStart } from '../chain.ts'
import type { GameId } from '../journal.ts'
import { headsMax } from '../limits.ts'
import { type Head, Heads } from './heads.ts'
import type { Batch, Committed, Refused } from './messages.ts'
import { nodeChain } from './node-chain.ts'
import { numberOf } from './schema.ts'
import { isBusy, isFull } from './sqlite-fault.ts'

/** Entries that one statement adds: it is half as dear as one each. */
const entriesAtOnce = 16
const columns = 5

export class Writer {
  readonly #database: DatabaseSync
  readonly #heads: Heads
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #count: StatementSync
  readonly #findHead: StatementSync
  readonly #addGame: StatementSync
  readonly #addEntry: StatementSync
  readonly #addEntries: StatementSync
  /** The position of the last entry. */
  #length = 0
  /** The number of the last game. */
  #games = 0

  /** The database stays its maker's to close. */
  constructor(database: DatabaseSync, heads = new Heads(headsMax)) {
    this.#database = database
    this.#heads = heads
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
    this.#rollback = database.prepare('ROLLBACK')
    const line = String(database.prepare('SELECT line FROM mark').get()?.['line'])
    this.#count = database.prepare(`UPDATE mark SET commits = commits + 1 WHERE line = '${line}'`)
    this.#findHead = database.prepare(`
      SELECT number, version, lower(hex(chain)) AS chain
      FROM game JOIN entry ON entry.game = number
      WHERE id = ? ORDER BY version DESC LIMIT 1`)
    this.#addGame = database.prepare('INSERT INTO game (number, id) VALUES (?, ?)')
    const add = (entries: number): StatementSync => {
      const rows = Array.from({ length: entries }, () => '(?, ?, ?, ?, unhex(?))')
      return database.prepare(`INSERT INTO entry (position, game, version, body, chain) VALUES ${rows.join()}`)
    }
    this.#addEntry = add(1)
    this.#addEntries = add(entriesAtOnce)
    this.#recount()
  }

  /** @throws whatever left it unknown whether the batch was stored; the writer must not be used again. */
  commit(batch: Batch): Committed | Refused {
    try {
      this.#begin.run()
      if (this.#count.run().changes !== 1) throw new Error('another process has written to the file')
      const committed = this.#store(batch)
      this.#commit.run()
      return committed
    } catch (error) {
      return this.#refuse(error)
    }
  }

  #store({ games, afters, bodies, followed }: Batch): Committed {
    const conflicts: number[] = []
    const values: SQLInputValue[] = []
    let chains = ''
    for (let index = 0; index < games.length; index++) {
      const game = games[index]
      const after = afters[index]
      const body = bodies[index]
      assert(game !== undefined && after !== undefined && body !== undefined, 'the columns of a batch have one length')
      const known = this.#heads.get(game) ?? this.#load(game)
      if (after !== (known?.version ?? 0)) {
        conflicts.push(index)
        continue
      }
      const head = known ?? this.#create(game)
      head.version++
      head.chain = nodeChain(head.chain, head.version, body)
      values.push(++this.#length, head.number, head.version, body, head.chain)
      if (followed) chains += head.chain
    }
    this.#add(values)
    return { type: 'committed', conflicts, chains }
  }

  #add(values: readonly SQLInputValue[]): void {
    let done = 0
    for (let end = entriesAtOnce * columns; end <= values.length; end += entriesAtOnce * columns) {
      this.#addEntries.run(...values.slice(done, end))
      done = end
    }
    for (; done < values.length; done += columns) this.#addEntry.run(...values.slice(done, done + columns))
  }

  #load(game: GameId): Head | undefined {
    const row = this.#findHead.get(game)
    if (row === undefined) return undefined
    const head = { number: Number(row['number']), version: Number(row['version']), chain: String(row['chain']) }
    this.#heads.set(game, head)
    return head
  }

  #create(game: GameId): Head {
    const head = { number: ++this.#games, version: 0, chain: chainStart }
    this.#addGame.run(head.number, game)
    this.#heads.set(game, head)
    return head
  }

  /** Undoes the batch where that is certain to have worked: a full disk, or somebody else writing. */
  #refuse(error: unknown): Refused {
    if (!isFull(error) && !isBusy(error)) throw error
    // SQLite may have rolled back by itself. A commit that found no space has not written its commit record.
    if (this.#database.isTransaction) this.#rollback.run()
    this.#heads.clear()
    this.#recount()
    return isFull(error)
      ? { type: 'refused', fault: 'storage-full', message: 'no space for the journal', cause: error }
      : { type: 'refused', fault: 'unavailable', message: 'another program writes to the journal', cause: error }
  }

  #recount(): void {
    this.#length = numberOf(this.#database, 'SELECT max(position) FROM entry')
    this.#games = numberOf(this.#database, 'SELECT max(number) FROM game')
  }
}
