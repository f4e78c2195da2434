/**
 * Writes the rows of one partition while this node is its keeper: follows the journal and stores the rows that change.
 */
import type { Timer } from '../../base/index.ts'
import type { Entry, Subscription } from '../../journal/index.ts'
import { type GameSummary, makeSummary } from '../../protocol/index.ts'
import type { ProjectionMark, ProjectionState, ProjectionPartition } from './projection-store.ts'
import type { Timekeeper } from '../games/timekeeper.ts'
import { DamagedGames, isTemporary } from './damaged-games.ts'
import type { ServiceContext } from '../context.ts'
import { isListed, type FoldedGame, GameFolds } from './game-folds.ts'

/** How long changes are collected before they are written, in ms. */
const flushMs = 200
/** A keeper writes at least every `beatMs`, in ms. If it has not written for `patienceMs`, another node takes over. */
const beatMs = 1_000
const patienceMs = 4_000
/** How long the journal may appear shorter than the rows before it is taken for another journal, in ms. */
const shorterMsMax = 10_000
/**
 * Rows per write: as many as the servers take at once, since each row is in two lists and perhaps in the list of
 * clocks.
 */
const rowsAtOnce = 300
/** How many games may wait to be read or written; above that the journal is not followed further. */
const waitingMax = 4_096
/** How many games are read from the journal in parallel. */
const readsAtOnce = 64
/** Delay before a failed write is tried again, in ms. */
const againMs = 500
/** Page size when the games with a clock are read. */
const pageRows = 1_000

/** The state of this node while it is the keeper. */
interface Keeping {
  token: number
  /** The positions of the last entry received and of the last entry that the stored rows account for. */
  heard: number
  written: number
  subscription: Subscription | null
  readonly rows: Map<string, GameSummary>
  /** Games whose earlier entries were not received: they must be read. */
  readonly unread: Set<string>
  readonly folds: GameFolds
  isCaughtUp: boolean
  /** See {@link Hold}; called when it has caught up or is no longer the keeper. */
  readonly release: () => void
  /** The games with a clock have been reported to the timekeeper. */
  hasReportedClocked: boolean
  writtenAt: number
  writing: boolean
}

/** Starts something that ends when the returned function is called, which may happen more than once. */
export type Hold = () => () => void

export interface ProjectorParts {
  readonly partition: ProjectionPartition
  /** Called before much is read of which little is kept in memory. */
  readonly hold: Hold
  readonly timekeeper: Timekeeper
  /** The name of this node, unique in the cluster. */
  readonly name: string
}

export class Projector {
  readonly #shared: ServiceContext
  readonly #partition: ProjectionPartition
  readonly #timekeeper: Timekeeper
  readonly #name: string
  readonly #hold: Hold
  readonly #damaged: DamagedGames
  #number = 0
  #keeping: Keeping | null = null
  /** The last mark that was seen, and since when it has not changed. */
  #seen = { token: -1, at: 0 }
  /** Since when the rows have appeared newer than the journal; null if they do not. */
  #shorterSince: number | null = null
  #isTaking = false
  /** The log already says that the rows cannot be written. */
  #hasWarned = false
  #timer: Timer | null = null
  /** The timer is set for a flush, not only for the next beat. */
  #isSoon = false
  #isClosed = false

  constructor(shared: ServiceContext, { partition, hold, timekeeper, name }: ProjectorParts) {
    this.#shared = shared
    this.#partition = partition
    this.#hold = hold
    this.#timekeeper = timekeeper
    this.#name = name
    this.#damaged = new DamagedGames(shared)
  }

  get isKeeping(): boolean {
    return this.#keeping !== null
  }

  /** The number of games that cannot be read. */
  get damaged(): number {
    return this.#damaged.size
  }

  /** Takes the state that was just read. If the partition has no keeper, this node becomes its keeper. */
  async saw({ mark, end }: ProjectionState): Promise<void> {
    const now = this.#shared.clock.now()
    const token = mark?.token ?? 0
    if (token !== this.#seen.token) this.#seen = { token, at: now }
    if (this.#keeping !== null || this.#isTaking || this.#isClosed) return
    const isFree = mark === null || mark.keeper === '' || now - this.#seen.at >= patienceMs
    this.#shorterSince = mark !== null && mark.position > end ? (this.#shorterSince ?? now) : null
    // A leader that is partitioned away or new may report too few entries, but not for long.
    const isShorter = this.#shorterSince !== null && now - this.#shorterSince < shorterMsMax
    if (!isFree || isShorter) return
    this.#isTaking = true
    try {
      await this.#becomeKeeper(mark, end)
    } catch (cause) {
      this.#warn(cause)
    } finally {
      this.#isTaking = false
    }
  }

  /** Stops, and tells the next node that it may take over at once. */
  async close(): Promise<void> {
    this.#isClosed = true
    const keeping = this.#keeping
    this.#stopKeeping()
    if (keeping === null || keeping.writing) return
    await this.#partition.write([], { ...this.#mark(keeping.written), keeper: '' }, keeping.token).catch(() => null)
  }

  async #becomeKeeper(mark: ProjectionState['mark'], end: number): Promise<void> {
    const { journal } = this.#partition
    const isSame = mark !== null && mark.journal === journal.id && mark.position <= end
    const from = isSame ? mark.position : 0
    const token = await this.#partition.write([], this.#mark(from), mark?.token ?? 0)
    if (token === null || this.#isClosed) return
    if (from === 0) await this.#partition.forget(token)
    const keeping: Keeping = {
      token,
      heard: from,
      written: from,
      subscription: null,
      rows: new Map(),
      unread: new Set(),
      folds: new GameFolds(),
      isCaughtUp: false,
      release: this.#hold(),
      hasReportedClocked: false,
      writtenAt: this.#shared.clock.now(),
      writing: false,
    }
    this.#keeping = keeping
    this.#shared.log.info({ partition: journal.id, position: from }, 'this node writes the histories')
    this.#follow(keeping)
    this.#schedule(flushMs)
  }

  #mark(position: number): ProjectionMark {
    return { journal: this.#partition.journal.id, position, keeper: this.#name, number: ++this.#number }
  }

  #stopKeeping(): void {
    this.#keeping?.subscription?.close()
    this.#keeping?.release()
    this.#keeping = null
    this.#timer?.cancel()
    this.#timer = null
    this.#isSoon = false
  }

  #follow(keeping: Keeping): void {
    const position = keeping.heard === 0 ? '' : String(keeping.heard)
    const subscription = this.#partition.journal.follow(position, (entries) => this.#receive(keeping, entries))
    keeping.subscription = subscription
    subscription.caughtUp.then(
      () => {
        keeping.isCaughtUp = true
        keeping.release()
      },
      () => undefined,
    )
  }

  #receive(keeping: Keeping, entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#apply(keeping, entry)
      keeping.heard = Number(entry.position)
    }
    if (!keeping.writing) this.#flushSoon()
    if (keeping.rows.size + keeping.unread.size < waitingMax) return
    // Stops following until these are written: the journal keeps the rest.
    keeping.subscription?.close()
    keeping.subscription = null
    if (!keeping.writing) this.#scheduleNow(0)
  }

  #apply(keeping: Keeping, entry: Entry): void {
    const { game } = entry
    if (keeping.unread.has(game)) return
    try {
      const result = keeping.folds.take(entry)
      if (result === 'unknown') keeping.unread.add(game)
      else if (result !== 'nothing') this.#updateRow(keeping, game, result, result.changedAt === result.lastAt)
    } catch (cause) {
      this.#damaged.leaveOut(game, cause)
    }
  }

  #updateRow(keeping: Keeping, id: string, { game, changedAt, lastAt }: FoldedGame, isNews: boolean): void {
    if (isNews && isListed(game)) keeping.rows.set(id, makeSummary(id, game, changedAt))
    // While catching up, intermediate states do not matter.
    if (keeping.isCaughtUp) this.#timekeeper.updateDeadline(id, game, lastAt)
  }

  /** Schedules a flush, which does not wait for the next beat. */
  #flushSoon(): void {
    if (!this.#isSoon) this.#scheduleNow(flushMs)
  }

  #scheduleNow(ms: number): void {
    this.#isSoon = true
    this.#timer?.cancel()
    this.#timer = null
    this.#schedule(ms)
  }

  #schedule(ms: number): void {
    if (this.#isClosed || this.#timer !== null) return
    this.#timer = this.#shared.clock.after(ms, () => {
      this.#timer = null
      this.#isSoon = false
      void this.#work()
    })
  }

  async #work(): Promise<void> {
    const keeping = this.#keeping
    if (keeping === null) return
    let next = beatMs
    keeping.writing = true
    try {
      await this.#flush(keeping)
    } catch (cause) {
      this.#warn(cause)
      next = againMs
    }
    keeping.writing = false
    if (this.#keeping !== keeping) return
    if (next === beatMs && keeping.heard > keeping.written) this.#flushSoon()
    else this.#schedule(next)
  }

  async #flush(keeping: Keeping): Promise<void> {
    const wasCaughtUp = keeping.isCaughtUp
    keeping.heard = Math.max(keeping.heard, Number(keeping.subscription?.position ?? 0))
    const position = keeping.heard
    await this.#readUnread(keeping)
    const isDue = this.#shared.clock.now() - keeping.writtenAt >= beatMs
    if (keeping.rows.size === 0 && position === keeping.written && !isDue) return
    // Entries that arrive meanwhile belong to the next position.
    const rows = [...keeping.rows]
    for (let first = 0; ; first += rowsAtOnce) {
      const isLast = first + rowsAtOnce >= rows.length
      const some = rows.slice(first, first + rowsAtOnce)
      if (!(await this.#write(keeping, some, isLast ? position : keeping.written))) return
      if (isLast) break
    }
    if (keeping.subscription === null && this.#keeping === keeping) this.#follow(keeping)
    if (wasCaughtUp && !keeping.hasReportedClocked) await this.#reportClocked(keeping)
  }

  /** Writes rows. False: another node is the keeper now. */
  async #write(
    keeping: Keeping,
    rows: readonly (readonly [string, GameSummary])[],
    position: number,
  ): Promise<boolean> {
    const mark = this.#mark(position)
    const summaries = rows.map(([, row]) => row)
    const written = await this.#partition.write(summaries, mark, keeping.token)
    if (this.#keeping !== keeping) return false
    const token = written ?? (await this.#ownToken(keeping))
    if (token === null) {
      this.#shared.log.info({ partition: mark.journal }, 'another node writes the histories')
      this.#stopKeeping()
      return false
    }
    keeping.token = token
    if (written === null) return this.#write(keeping, rows, position)
    this.#hasWarned = false
    keeping.writtenAt = this.#shared.clock.now()
    keeping.written = position
    for (const [game, row] of rows) if (keeping.rows.get(game) === row) keeping.rows.delete(game)
    return true
  }

  /** The token of the mark if this node wrote it and the write was not confirmed; null if it was not this node. */
  async #ownToken(keeping: Keeping): Promise<number | null> {
    const { mark } = await this.#partition.state()
    const isOwn = mark !== null && mark.keeper === this.#name && mark.token > keeping.token
    return isOwn ? mark.token : null
  }

  async #readUnread(keeping: Keeping): Promise<void> {
    const unread = [...keeping.unread]
    for (let first = 0; first < unread.length; first += readsAtOnce) {
      const some = unread.slice(first, first + readsAtOnce)
      await Promise.all(some.map((game) => this.#read(keeping, game)))
    }
  }

  async #read(keeping: Keeping, game: string): Promise<void> {
    try {
      // Entries that arrive from now on follow what is read, or are part of it.
      keeping.unread.delete(game)
      const folded = await keeping.folds.read(this.#partition.journal, game)
      if (folded !== null) this.#updateRow(keeping, game, folded, true)
    } catch (cause) {
      if (!isTemporary(cause)) return this.#damaged.leaveOut(game, cause)
      keeping.unread.add(game)
      throw cause
    }
  }

  /** Reports the games with a clock to the timekeeper: from now on this node checks their flags. */
  async #reportClocked(keeping: Keeping): Promise<void> {
    for (let after = 0; this.#keeping === keeping;) {
      const rows = await this.#partition.clocked(after, pageRows)
      for (const { row } of rows) this.#timekeeper.expectFlag(row)
      if (rows.length < pageRows) break
      after = rows.at(-1)?.place ?? after
    }
    keeping.hasReportedClocked = true
  }

  /** Logs the failure once, until a write succeeds again. */
  #warn(cause: unknown): void {
    if (!this.#isClosed && !this.#hasWarned)
      this.#shared.log.warn({ reason: String(cause) }, 'histories cannot be written: this node keeps trying')
    this.#hasWarned = true
  }
}
