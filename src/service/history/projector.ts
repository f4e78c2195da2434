/** Keeps the store of one partition, when it is this node's turn: reads what is stored and writes the rows that follow. */
import type { Timer } from '../../base/index.ts'
import type { Entry, Subscription } from '../../journal/index.ts'
import { type GameSummary, makeSummary } from '../../protocol/index.ts'
import type { ProjectionMark, ProjectionState, ProjectionPartition } from './projection-store.ts'
import type { CatalogHost } from './catalog.ts'
import { DamagedGames, isPassing } from './damaged-games.ts'
import type { Shared } from '../context.ts'
import { isListed, type Standing, GameFolds } from './game-folds.ts'

/** How long changes gather before they are written, in ms. */
const flushMs = 200
/** A keeper writes at least this often, in ms; one that has not for the other time is succeeded. */
const beatMs = 1_000
const patienceMs = 4_000
/** How long the journal may be shorter than the store, in ms, before it is believed to be another one. */
const strangeMs = 10_000
/** Rows in one write: what the servers take at once, for each row is in two lists and perhaps in that of the clocks. */
const rowsAtOnce = 300
/** Games that wait to be read or written; with more the journal is not read on. */
const waitingMax = 4_096
/** Games read from the journal side by side. */
const readsAtOnce = 64
/** When what failed is tried again, in ms. */
const againMs = 500
/** Rows of one page of the games with a clock. */
const pageRows = 1_000

/** What a keeper knows while it keeps. */
interface Keeping {
  token: number
  /** Of the last entry that was heard, and of the last one that the store account for. */
  heard: number
  written: number
  subscription: Subscription | null
  readonly rows: Map<string, GameSummary>
  /** Games whose beginning was not heard. */
  readonly unread: Set<string>
  readonly standings: GameFolds
  isCaughtUp: boolean
  /** See {@link Hold}; for as long as it is not caught up. */
  readonly release: () => void
  /** The games with a clock are known. */
  isLearned: boolean
  writtenAt: number
  writing: boolean
}

/** Begins what ends when the result is called, which may be more than once. */
export type Hold = () => () => void

export interface ProjectorParts {
  readonly partition: ProjectionPartition
  /** Called while much is read that is not kept. */
  readonly hold: Hold
  readonly host: Pick<CatalogHost, 'stands' | 'expects'>
  /** Of this node, different from that of every other. */
  readonly name: string
}

export class Projector {
  readonly #shared: Shared
  readonly #partition: ProjectionPartition
  readonly #host: Pick<CatalogHost, 'stands' | 'expects'>
  readonly #name: string
  readonly #hold: Hold
  readonly #damaged: DamagedGames
  #number = 0
  #keeping: Keeping | null = null
  /** The mark of another keeper, and since when it has been so. */
  #seen = { token: -1, at: 0 }
  /** Since when the rows have been reported ahead of the journal. */
  #strangeSince: number | null = null
  #isTaking = false
  /** The log says that they cannot be written. */
  #isTold = false
  #timer: Timer | null = null
  /** The timer is set for what was heard. */
  #isSoon = false
  #isClosed = false

  constructor(shared: Shared, { partition, hold, host, name }: ProjectorParts) {
    this.#shared = shared
    this.#partition = partition
    this.#hold = hold
    this.#host = host
    this.#name = name
    this.#damaged = new DamagedGames(shared)
  }

  get isKeeping(): boolean {
    return this.#keeping !== null
  }

  /** Games that cannot be read. */
  get damaged(): number {
    return this.#damaged.size
  }

  /** What was just seen: where nobody keeps the store, this node does from now on. */
  async saw({ mark, end }: ProjectionState): Promise<void> {
    const now = this.#shared.clock.now()
    const token = mark?.token ?? 0
    if (token !== this.#seen.token) this.#seen = { token, at: now }
    if (this.#keeping !== null || this.#isTaking || this.#isClosed) return
    const isFree = mark === null || mark.keeper === '' || now - this.#seen.at >= patienceMs
    this.#strangeSince = mark !== null && mark.position > end ? (this.#strangeSince ?? now) : null
    // A leader that is cut off, or new, may tell less than there is, but not for long.
    const isStrange = this.#strangeSince !== null && now - this.#strangeSince < strangeMs
    if (!isFree || isStrange) return
    this.#isTaking = true
    try {
      await this.#take(mark, end)
    } catch (cause) {
      this.#say(cause)
    } finally {
      this.#isTaking = false
    }
  }

  /** Lets the next one keep them. */
  async close(): Promise<void> {
    this.#isClosed = true
    const keeping = this.#keeping
    this.#drop()
    if (keeping === null || keeping.writing) return
    await this.#partition.write([], { ...this.#mark(keeping.written), keeper: '' }, keeping.token).catch(() => null)
  }

  async #take(mark: ProjectionState['mark'], end: number): Promise<void> {
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
      standings: new GameFolds(),
      isCaughtUp: false,
      release: this.#hold(),
      isLearned: false,
      writtenAt: this.#shared.clock.now(),
      writing: false,
    }
    this.#keeping = keeping
    this.#shared.log.info({ partition: journal.id, position: from }, 'this node keeps the histories')
    this.#follow(keeping)
    this.#later(flushMs)
  }

  #mark(position: number): ProjectionMark {
    return { journal: this.#partition.journal.id, position, keeper: this.#name, number: ++this.#number }
  }

  #drop(): void {
    this.#keeping?.subscription?.close()
    this.#keeping?.release()
    this.#keeping = null
    this.#timer?.cancel()
    this.#timer = null
    this.#isSoon = false
  }

  #follow(keeping: Keeping): void {
    const position = keeping.heard === 0 ? '' : String(keeping.heard)
    const subscription = this.#partition.journal.follow(position, (entries) => this.#hear(keeping, entries))
    keeping.subscription = subscription
    subscription.caughtUp.then(
      () => {
        keeping.isCaughtUp = true
        keeping.release()
      },
      () => undefined,
    )
  }

  #hear(keeping: Keeping, entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#takeIn(keeping, entry)
      keeping.heard = Number(entry.position)
    }
    if (!keeping.writing) this.#workSoon()
    if (keeping.rows.size + keeping.unread.size < waitingMax) return
    // The journal keeps the rest until these are written.
    keeping.subscription?.close()
    keeping.subscription = null
    if (!keeping.writing) this.#workIn(0)
  }

  #takeIn(keeping: Keeping, entry: Entry): void {
    const { game } = entry
    if (keeping.unread.has(game)) return
    try {
      const taken = keeping.standings.take(entry)
      if (taken === 'unknown') keeping.unread.add(game)
      else if (taken !== 'nothing') this.#stands(keeping, game, taken, taken.changedAt === taken.lastAt)
    } catch (cause) {
      this.#damaged.passOver(game, cause)
    }
  }

  #stands(keeping: Keeping, id: string, { game, changedAt, lastAt }: Standing, isNews: boolean): void {
    if (isNews && isListed(game)) keeping.rows.set(id, makeSummary(id, game, changedAt))
    // Of what is caught up with only the end counts.
    if (keeping.isCaughtUp) this.#host.stands(id, game, lastAt)
  }

  /** Something is to be written: not with the next beat. */
  #workSoon(): void {
    if (!this.#isSoon) this.#workIn(flushMs)
  }

  #workIn(ms: number): void {
    this.#isSoon = true
    this.#timer?.cancel()
    this.#timer = null
    this.#later(ms)
  }

  #later(ms: number): void {
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
      this.#say(cause)
      next = againMs
    }
    keeping.writing = false
    if (this.#keeping !== keeping) return
    if (next === beatMs && keeping.heard > keeping.written) this.#workSoon()
    else this.#later(next)
  }

  async #flush(keeping: Keeping): Promise<void> {
    const wasCaughtUp = keeping.isCaughtUp
    keeping.heard = Math.max(keeping.heard, Number(keeping.subscription?.position ?? 0))
    const position = keeping.heard
    await this.#readUnread(keeping)
    const isDue = this.#shared.clock.now() - keeping.writtenAt >= beatMs
    if (keeping.rows.size === 0 && position === keeping.written && !isDue) return
    // What is heard meanwhile belongs to the next position.
    const rows = [...keeping.rows]
    for (let first = 0; ; first += rowsAtOnce) {
      const isLast = first + rowsAtOnce >= rows.length
      const some = rows.slice(first, first + rowsAtOnce)
      if (!(await this.#write(keeping, some, isLast ? position : keeping.written))) return
      if (isLast) break
    }
    if (keeping.subscription === null && this.#keeping === keeping) this.#follow(keeping)
    if (wasCaughtUp && !keeping.isLearned) await this.#learn(keeping)
  }

  /** False: another node writes the rows now. */
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
      this.#shared.log.info({ partition: mark.journal }, 'another node keeps the histories')
      this.#drop()
      return false
    }
    keeping.token = token
    if (written === null) return this.#write(keeping, rows, position)
    this.#isTold = false
    keeping.writtenAt = this.#shared.clock.now()
    keeping.written = position
    for (const [game, row] of rows) if (keeping.rows.get(game) === row) keeping.rows.delete(game)
    return true
  }

  /** The token of the mark where it is one of this node's, whose writing was not confirmed. */
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
      // What is heard from now on follows what is read, or is part of it.
      keeping.unread.delete(game)
      const standing = await keeping.standings.read(this.#partition.journal, game)
      if (standing !== null) this.#stands(keeping, game, standing, true)
    } catch (cause) {
      if (!isPassing(cause)) return this.#damaged.passOver(game, cause)
      keeping.unread.add(game)
      throw cause
    }
  }

  /** The games whose time may be over while nobody looks: this node looks from now on. */
  async #learn(keeping: Keeping): Promise<void> {
    for (let after = 0; this.#keeping === keeping;) {
      const rows = await this.#partition.clocked(after, pageRows)
      for (const { row } of rows) this.#host.expects(row)
      if (rows.length < pageRows) break
      after = rows.at(-1)?.place ?? after
    }
    keeping.isLearned = true
  }

  /** Once, until something was written again. */
  #say(cause: unknown): void {
    if (!this.#isClosed && !this.#isTold)
      this.#shared.log.warn({ reason: String(cause) }, 'histories cannot be written')
    this.#isTold = true
  }
}
