/** Whether this node can do its work: the journal takes a write, the histories are complete, nobody asked it to go. */
import { presets } from '../game/index.ts'
import { Fault } from '../protocol/index.ts'
import type { Catalog } from './catalog.ts'
import { reasonOf } from './fold.ts'
import type { Games } from './games.ts'
import type { Shared } from './shared.ts'

export interface ReadinessReport {
  readonly ready: boolean
  readonly draining: boolean
  /** Each check with 'ok' or the reason why not. */
  readonly checks: Readonly<Record<string, string>>
}

/** The board on which a write is tried after one has failed. Its name cannot be asked for by anybody else. */
const probeBoard = '-probe'
/** A failing journal is tried again at most this often, in ms. */
const probeIntervalMs = 1_000
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
  #probedAt = -Infinity

  constructor(shared: Shared, games: Games, catalog: Catalog) {
    this.#shared = shared
    this.#games = games
    this.#catalog = catalog
  }

  /** The journal has taken a write, or not. */
  stored(fault: Fault | null): void {
    this.#fault = fault
    if (fault === null && this.#told.size === 0) return
    const { log, clock } = this.#shared
    if (fault === null && clock.now() - this.#toldAt >= troubleMsMin) {
      log.info({}, 'journal takes writes again')
      this.#told.clear()
    }
    if (fault === null || this.#told.has(fault.fault)) return
    log.error({ name: fault.fault, reason: reasonOf(fault) }, 'journal takes no write')
    this.#told.add(fault.fault)
    this.#toldAt = clock.now()
  }

  async report(isDraining: boolean): Promise<ReadinessReport> {
    if (this.#fault !== null) await this.#probe()
    const fault: Fault | null = this.#fault
    const checks = {
      journal: fault === null ? 'ok' : `${fault.fault}: ${fault.message}`,
      durability: this.#shared.journal.durability,
      catalog: this.#catalog.isCaughtUp ? 'ok' : 'catching up with the journal',
      draining: isDraining ? 'the server is closing' : 'ok',
    }
    return { ready: fault === null && !isDraining, draining: isDraining, checks }
  }

  /** One real write, so that a journal that has recovered is found ready before a player tries. */
  async #probe(): Promise<void> {
    const now = this.#shared.clock.now()
    if (now - this.#probedAt < probeIntervalMs) return
    this.#probedAt = now
    try {
      const board = this.#games.of(probeBoard)
      await board.load()
      const rules = presets.tictactoe
      if (board.game !== null) await this.#games.command(probeBoard, { type: 'restart', by: null, rules })
      else await this.#games.command(probeBoard, { type: 'create', rules, seats: 'open', public: false, players: {} })
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault
    }
  }
}
