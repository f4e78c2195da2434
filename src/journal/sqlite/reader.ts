/**
 * Reads the file on the loop's own thread, through a second connection: a game costs tens of microseconds and never
 * waits behind a sync. What it sees is durable, for SQLite shows a commit to others only after its sync.
 */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { chainStart, type Link, verifyEntries } from '../chain.ts'
import type { Entry, GameId, JournalId, Version } from '../journal.ts'
import { batchEntriesMax } from '../limits.ts'
import { nextTurn } from './next-turn.ts'
import { nodeChain } from './node-chain.ts'
import { numberOf } from './schema.ts'
import { corruptFault, fileFault } from './sqlite-fault.ts'

const columns = 'position, id AS game, version, body, lower(hex(chain)) AS chain'

export class Reader {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #chain: StatementSync
  readonly #ofGame: StatementSync
  readonly #ofAll: StatementSync

  /** The file must have a writer in this process. */
  constructor(file: string) {
    this.#file = file
    this.#database = new DatabaseSync(file, { readOnly: true })
    this.#chain = this.#database.prepare(`
      SELECT lower(hex(chain)) AS chain FROM game JOIN entry ON entry.game = number WHERE id = ? AND version = ?`)
    this.#ofGame = this.#database.prepare(`
      SELECT ${columns} FROM game JOIN entry ON entry.game = number
      WHERE id = ? AND version > ? ORDER BY version LIMIT ${batchEntriesMax}`)
    this.#ofAll = this.#database.prepare(`
      SELECT ${columns} FROM entry JOIN game ON number = entry.game
      WHERE position > ? ORDER BY position LIMIT ${batchEntriesMax}`)
  }

  /** Of the journal; a file of format 1 has none before it is opened to write. */
  get id(): JournalId {
    return String(this.#database.prepare('SELECT id FROM mark').get()?.['id'])
  }

  /** The position of the last entry. */
  get length(): number {
    return numberOf(this.#database, 'SELECT max(position) FROM entry')
  }

  /** As `Journal.read`. A long game is read in pages, with the loop free in between. */
  async game(game: GameId, after: Version): Promise<readonly Entry[]> {
    const entries: Entry[] = []
    let before = this.#link(game, after)
    for (;;) {
      const page = this.#page(this.#ofGame, game, after + entries.length)
      const broken = verifyEntries(page, before, nodeChain)
      if (broken !== null) throw corruptFault(this.#file, `entry ${broken} of game ${game} does not match its chain`)
      entries.push(...page)
      before = page.at(-1) ?? before
      if (page.length < batchEntriesMax) return entries
      await nextTurn()
    }
  }

  /** The next entries of all games behind a position that is not the last, at most {@link batchEntriesMax}. */
  page(after: number): readonly Entry[] {
    const page = this.#page(this.#ofAll, after)
    const missing = page.findIndex(({ position }, index) => position !== String(after + 1 + index))
    if (page.length > 0 && missing < 0) return page
    throw corruptFault(this.#file, `entry ${after + 1 + Math.max(0, missing)} is missing`)
  }

  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** What entry `after + 1` is chained to. */
  #link(game: GameId, after: Version): Omit<Link, 'body'> {
    if (after === 0) return { version: 0, chain: chainStart }
    return { version: after, chain: String(this.#rows(this.#chain, game, after)[0]?.['chain']) }
  }

  #page(statement: StatementSync, ...values: SQLInputValue[]): Entry[] {
    return this.#rows(statement, ...values).map(({ position, game, version, body, chain }) => ({
      position: String(position),
      game: String(game),
      version: Number(version),
      body: String(body),
      chain: String(chain),
    }))
  }

  #rows(statement: StatementSync, ...values: SQLInputValue[]): Record<string, SQLOutputValue>[] {
    try {
      return statement.all(...values)
    } catch (error) {
      throw fileFault(this.#file, error)
    }
  }
}
