/** Whether this node can do its work: the journal takes a write, the histories are complete, nobody asked it to go. */
import { presets } from '../../game/index.ts'
import { JournalFault } from '../../journal/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { Catalog } from '../history/catalog.ts'
import { faultOf, reasonOf } from '../games/fold.ts'
import type { Games } from '../games/games.ts'
import type { Shared } from '../context.ts'

export interface ReadinessReport {
  readonly ready: boolean
  readonly draining: boolean
  /** Each check with 'ok' or the reason why not. */
  readonly checks: Readonly<Record<string, string>>
}

/** The board on which a write is tried after one has failed. Its name cannot be asked for by anybody else. */
const probeBoard = '-probe'
/** A game that is never made: reading it asks the journal, and leaves nothing there. */
const noBoard = '-none'
/** A journal is looked at at most this often, in ms: by a write where one has failed, else by a read. */
const lookIntervalMs = 1_000
/** Where a part of the journal fails and others do not, writes fail and succeed in turns: so much of that is one trouble. */
const troubleMsMin = 1_000

export class Readiness {
  readonly #shared: Shared
  readonly #games: Games
  readonly #catalog: Catalog
  /** Why the last write failed; null when it did not. */
  #fault: Fault | null = null
  /** What the log says is wrong, by name, and since when. */
  readonly #told = new Set<string>()
  #toldAt = -Infinity
  /** When the journal was looked at last, and when it last took a write. */
  #lookedAt = -Infinity
  #storedAt = -Infinity
  /** The look that is under way: whoever asks meanwhile waits for the same. */
  #looking: Promise<void> | null = null

  constructor(shared: Shared, games: Games, catalog: Catalog) {
    this.#shared = shared
    this.#games = games
    this.#catalog = catalog
  }

  /** The journal has taken a write, or not. */
  stored(fault: Fault | null): void {
    this.#learn(fault, 'journal takes no write')
  }

  #learn(fault: Fault | null, trouble: string): void {
    const { log, clock } = this.#shared
    // Of one game: the others are written to as before. The report has it from the journal.
    if (fault?.cause instanceof JournalFault && fault.cause.fault === 'corrupt') return
    this.#fault = fault
    if (fault === null) this.#storedAt = clock.now()
    if (fault === null && this.#told.size === 0) return
    if (fault === null && clock.now() - this.#toldAt >= troubleMsMin) {
      log.info({}, 'journal takes writes again')
      this.#told.clear()
    }
    if (fault === null || this.#told.has(fault.fault)) return
    log.error({ name: fault.fault, reason: reasonOf(fault) }, trouble)
    this.#told.add(fault.fault)
    this.#toldAt = clock.now()
  }

  /** What a look at the journal finds, if it was not seen to be well just now; what was known before if that takes longer than `waitMs`. */
  async report(isDraining: boolean, waitMs = Infinity): Promise<ReadinessReport> {
    await this.#look(waitMs)
    const fault = this.#fault
    const { isFull } = this.#games
    const checks = {
      journal: fault === null ? this.#damage() : `${fault.fault}: ${fault.message}`,
      durability: this.#shared.journal.durability,
      catalog: this.#catalog.trouble ?? 'ok',
      games: isFull
        ? `${this.#games.size} games are live, the most that this server takes: more are refused until some end or are left`
        : 'ok',
      accepting: isDraining ? 'the server is closing' : 'ok',
    }
    return { ready: fault === null && !isFull && !isDraining, draining: isDraining, checks }
  }

  /** The games that it is in take no moves; a node that was taken out of service for it would stop the others as well. */
  #damage(): string {
    return (this.#shared.journal.damage ?? null) === null
      ? 'ok'
      : 'damaged: some games cannot be read; the log names them'
  }

  async #look(waitMs: number): Promise<void> {
    const { clock } = this.#shared
    const now = clock.now()
    // A write that went well proves nothing to one that failed after it: of several partitions it may be another's.
    const knownAt = this.#fault === null ? Math.max(this.#lookedAt, this.#storedAt) : this.#lookedAt
    if (this.#looking === null && now - knownAt >= lookIntervalMs) {
      this.#lookedAt = now
      const look = this.#fault === null ? this.#read() : this.#write()
      this.#looking = look.finally(() => (this.#looking = null))
    }
    if (this.#looking === null) return
    if (waitMs === Infinity) return this.#looking
    const late = Promise.withResolvers<void>()
    const timer = clock.after(waitMs, late.resolve)
    await Promise.race([this.#looking, late.promise])
    timer.cancel()
  }

  /** Nobody has written for a while: whether the journal is still there is seen without leaving anything in it. */
  async #read(): Promise<void> {
    const { journal, log } = this.#shared
    try {
      await journal.read(noBoard, 0, 1)
    } catch (cause) {
      this.#learn(faultOf(cause, log), 'journal cannot be read')
    }
  }

  /** One real write, so that a journal that has recovered is found ready before a player tries. */
  async #write(): Promise<void> {
    try {
      const board = this.#games.of(probeBoard, null)
      await board.load()
      const rules = presets.tictactoe
      if (board.game !== null) await this.#games.command(probeBoard, { type: 'restart', by: null, rules })
      else await this.#games.command(probeBoard, { type: 'create', rules, seats: 'open', public: false, players: {} })
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault
    }
  }
}
