/** The catalog store in a SQLite file, used by a thread of its own: the event loop never waits for the disk. */
import { resolve } from 'node:path'
import type { Log } from '../../base/index.ts'
import { fileBeside, isCorrupt, isFull, ThreadEnded, WorkerThread } from '../../base/node/index.ts'
import type { GameId } from '../../journal/index.ts'
import { Fault, type GameSummary, type Status } from '../../protocol/index.ts'
import { compareLatest, makeCatalogPage, parseCursor } from '../catalog/catalog-cursor.ts'
import type { CatalogStore, CatalogMark, Page } from '../catalog/catalog-store.ts'
import type { CatalogMethods } from './catalog-worker.ts'

export interface SqliteCatalogOptions {
  /** Created with its folder if it does not exist. */
  readonly file: string
  readonly log: Log
  /**
   * The thread starts at once, but does not touch the file before this promise resolves. If it rejects, so does the
   * opening.
   */
  readonly behind?: Promise<unknown>
}

/** How many questions may wait for the thread; with more it cannot keep up. */
const questionsMax = 10_000

/**
 * Opens the store. A file that is damaged or of another format is deleted, and the log says so: the catalog is then
 * empty.
 * @throws Fault 'unavailable' or 'storage-full' if the file cannot be opened or is a database of another program.
 */
export async function openSqliteCatalogStore({
  file,
  log,
  behind: mayOpen,
}: SqliteCatalogOptions): Promise<CatalogStore> {
  const path = resolve(file)
  const thread = new WorkerThread<CatalogMethods>(fileBeside(import.meta.url, 'catalog-worker'), {
    name: 'catalog',
    // Rows are short-lived objects; by default V8 would let 48 MB of them accumulate.
    resourceLimits: { maxYoungGenerationSizeMb: 12 },
  })
  try {
    await mayOpen
    // Clients see later messages, which do not name the file.
    const lost = await thread.call('open', path).catch((cause) => Promise.reject(faultOf(`the catalog ${path}`, cause)))
    if (lost !== null) log.warn({ file: path, reason: lost }, 'catalog is rebuilt')
    return new SqliteCatalogStore(thread)
  } catch (cause) {
    await thread.terminate()
    throw cause
  }
}

function faultOf(what: string, cause: unknown): Fault {
  if (cause instanceof ThreadEnded)
    return new Fault('unavailable', "the catalog's thread has ended: restart the server", { cause })
  const reason = cause instanceof Error ? cause.message : String(cause)
  const advice = isCorrupt(cause) ? '; it is rebuilt at the next start' : ''
  const message = `${what} cannot be used: ${reason}${advice}`
  return new Fault(isFull(cause) ? 'storage-full' : 'unavailable', message, { cause })
}

class SqliteCatalogStore implements CatalogStore {
  readonly #thread: WorkerThread<CatalogMethods>
  #isClosed = false
  #isLost = false

  constructor(thread: WorkerThread<CatalogMethods>) {
    this.#thread = thread
    void thread.ended.then(() => (this.#isLost = true))
  }

  get isLost(): boolean {
    return this.#isLost
  }

  async mark(): Promise<CatalogMark | null> {
    const mark = await this.#ask('mark')
    return mark === null ? null : JSON.parse(mark)
  }

  async put(rows: readonly GameSummary[], mark: CatalogMark): Promise<void> {
    const texts = rows.map((row) => JSON.stringify(row))
    await this.#ask('put', texts, JSON.stringify(mark))
  }

  async clear(): Promise<void> {
    await this.#ask('clear')
  }

  async clocked(after: GameId, limitRows: number): Promise<readonly GameSummary[]> {
    return parseAll(await this.#ask('clocked', after, limitRows))
  }

  async gamesOf(
    account: string,
    status: Status | undefined,
    cursor: string | undefined,
    limitRows: number,
  ): Promise<Page> {
    const { at, game } = parseCursor(cursor)
    // Asks for one more row than fits, to know whether there is a next page.
    const place = { account, at: Math.min(at, Number.MAX_SAFE_INTEGER), game, limit: limitRows + 1 }
    const games = parseAll(await this.#ask('gamesOf', { ...place, ...(status !== undefined && { status }) }))
    return makeCatalogPage(games.toSorted(compareLatest), limitRows)
  }

  /** Answers the questions asked before; later questions are refused with 'unavailable'. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#thread.close()
  }

  async #ask<Name extends keyof CatalogMethods>(
    method: Name,
    ...args: Parameters<CatalogMethods[Name]>
  ): Promise<Awaited<ReturnType<CatalogMethods[Name]>>> {
    if (this.#isClosed) throw new Fault('unavailable', 'the catalog is closed')
    if (this.#thread.inFlight >= questionsMax)
      throw new Fault('unavailable', 'the catalog cannot keep up: try again later')
    try {
      return await this.#thread.call(method, ...args)
    } catch (cause) {
      this.#isLost ||= isCorrupt(cause)
      throw faultOf('the catalog', cause)
    }
  }
}

function parseAll(summaries: readonly string[]): readonly GameSummary[] {
  return summaries.map((summary): GameSummary => JSON.parse(summary))
}
