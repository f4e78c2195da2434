/**
 * Reads the file on the loop's own thread, through a second connection: a game costs tens of microseconds and never
 * waits behind a sync. What it sees is durable, for SQLite shows a commit to others only after its sync.
 */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { chainStart, type Link, verifyEntries } from '../chain.ts'
import type { Entry, GameId, JournalId, Version } from '../journal.ts'
import { pageEntriesMax } from '../limits.ts'
import { pageSize } from '../pages.ts'
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
  readonly #ofGameBack: StatementSync
  readonly #ofAll: StatementSync

  /** The file must have a writer in this process. */
  constructor(file: string) {
    this.#file = file
    this.#database = new DatabaseSync(file, { readOnly: true })
    this.#chain = this.#database.prepare(`
      SELECT lower(hex(chain)) AS chain FROM game JOIN entry ON entry.game = number WHERE id = ? AND version = ?`)
    this.#ofGame = this.#database.prepare(`
      SELECT ${columns} FROM game JOIN entry ON entry.game = number
      WHERE id = ? AND version > ? ORDER BY version LIMIT ?`)
    this.#ofGameBack = this.#database.prepare(`
      SELECT ${columns} FROM game JOIN entry ON entry.game = number
      WHERE id = ? AND version < ? ORDER BY version DESC LIMIT ?`)
    this.#ofAll = this.#database.prepare(`
      SELECT ${columns} FROM entry JOIN game ON number = entry.game
      WHERE position > ? ORDER BY position LIMIT ${pageEntriesMax}`)
  }

  /** Of the journal; a file of format 1 has none before it is opened to write. */
  get id(): JournalId {
    return String(this.#database.prepare('SELECT id FROM mark').get()?.['id'])
  }

  /** The position of the last entry. */
  get length(): number {
    return numberOf(this.#database, 'SELECT max(position) FROM entry')
  }

  /** As `Journal.read`. */
  async game(game: GameId, after: Version, limit?: number): Promise<readonly Entry[]> {
    return this.#verified(game, after, this.#page(this.#ofGame, game, after, pageSize(limit)))
  }

  /** As `Journal.readBack`. */
  async gameBack(game: GameId, before: Version, limit?: number): Promise<readonly Entry[]> {
    const page = this.#page(this.#ofGameBack, game, before, pageSize(limit)).reverse()
    return this.#verified(game, (page[0]?.version ?? 1) - 1, page)
  }

  /** The next entries of all games behind a position that is not the last, at most {@link pageEntriesMax}. */
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

  /** A full page comes in a later turn of the loop: whoever reads a long game page by page leaves room for others. */
  async #verified(game: GameId, after: Version, page: readonly Entry[]): Promise<readonly Entry[]> {
    if (page.length === 0) return page
    const broken = verifyEntries(page, this.#link(game, after), nodeChain)
    if (broken !== null) throw corruptFault(this.#file, `entry ${broken} of game ${game} does not match its chain`)
    if (page.length === pageEntriesMax) await nextTurn()
    return page
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
