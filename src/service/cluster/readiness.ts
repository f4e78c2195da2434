/**
 * Whether this node can work: the journal accepts a write, the histories are complete, and the server is not draining.
 */
import { within } from '../../base/index.ts'
import { presets } from '../../game/index.ts'
import { JournalFault } from '../../journal/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { faultOf, faultReasonOf } from '../games/fold.ts'
import type { Games } from '../games/games.ts'
import type { ServiceContext } from '../context.ts'

export interface ReadinessReport {
  readonly ready: boolean
  readonly draining: boolean
  /** Each check with 'ok' or the reason why not. */
  readonly checks: Readonly<Record<string, string>>
}

/** The game that is written as a probe after a write has failed. Clients cannot create a game with this id. */
const probeBoard = '-probe'
/** A game that never exists: reading it tests the journal and leaves nothing there. */
const noBoard = '-none'
/** Minimum interval between probes of the journal, in ms: a write after a failed write, else a read. */
const probeIntervalMs = 1_000
/**
 * With one partition down, failures and successes alternate; within this time they are logged as one incident, in ms.
 */
const incidentMs = 1_000

export class Readiness {
  readonly #shared: ServiceContext
  readonly #games: Games
  readonly #catalog: Catalog
  /** Why the last write failed; null if it succeeded. */
  #fault: Fault | null = null
  /** The faults of the incident that is logged, by name, and when the last one was logged. */
  readonly #loggedFaults = new Set<string>()
  #loggedAt = -Infinity
  /** When the journal was last probed, and when it last accepted a write; on the monotonic clock. */
  #probedAt = -Infinity
  #storedAt = -Infinity
  /** The probe in progress, shared by all callers. */
  #probing: Promise<void> | null = null

  constructor(shared: ServiceContext, games: Games, catalog: Catalog) {
    this.#shared = shared
    this.#games = games
    this.#catalog = catalog
  }

  /** Reports the result of an append; null: it succeeded. */
  stored(fault: Fault | null): void {
    this.#record(fault, 'journal takes no write')
  }

  #record(fault: Fault | null, message: string): void {
    const { log, clock } = this.#shared
    // Damage affects one game; the others can be written. The report gets it from the journal itself.
    if (fault?.cause instanceof JournalFault && fault.cause.fault === 'corrupt') return
    this.#fault = fault
    if (fault === null) this.#storedAt = clock.now()
    if (fault === null && this.#loggedFaults.size === 0) return
    if (fault === null && clock.now() - this.#loggedAt >= incidentMs) {
      log.info({}, 'journal takes writes again')
      this.#loggedFaults.clear()
    }
    if (fault === null || this.#loggedFaults.has(fault.fault)) return
    log.error({ name: fault.fault, reason: faultReasonOf(fault) }, message)
    this.#loggedFaults.add(fault.fault)
    this.#loggedAt = clock.now()
  }

  /** Probes the journal unless it was healthy within the last second. After `waitMs` reports the previous result. */
  async report(isDraining: boolean, waitMs = Infinity): Promise<ReadinessReport> {
    await this.#probe(waitMs)
    const fault = this.#fault
    const { isFull } = this.#games
    const checks = {
      journal: fault === null ? this.#damage() : `${fault.fault}: ${fault.message}`,
      durability: this.#shared.journal.durability,
      catalog: this.#catalog.trouble ?? 'ok',
      games: isFull
        ? `${this.#games.size} games are live, the most that this server takes: more are refused until some end or become idle`
        : 'ok',
      accepting: isDraining ? 'the server is closing' : 'ok',
    }
    return { ready: fault === null && !isFull && !isDraining, draining: isDraining, checks }
  }

  /**
   * Damaged games accept no moves, but the node stays ready: taking it out of service would stop all other games too.
   */
  #damage(): string {
    return (this.#shared.journal.damage ?? null) === null
      ? 'ok'
      : 'damaged: some games cannot be read; the log names them'
  }

  async #probe(waitMs: number): Promise<void> {
    const { clock } = this.#shared
    const now = clock.now()
    // A successful write proves nothing about an earlier failure: it may have gone to another partition.
    const knownAt = this.#fault === null ? Math.max(this.#probedAt, this.#storedAt) : this.#probedAt
    if (this.#probing === null && now - knownAt >= probeIntervalMs) {
      this.#probedAt = now
      const probe = this.#fault === null ? this.#read() : this.#write()
      this.#probing = probe.finally(() => (this.#probing = null))
    }
    if (this.#probing === null) return
    await within(clock, waitMs, this.#probing)
  }

  /** Probes an idle journal without writing to it. */
  async #read(): Promise<void> {
    const { journal, log } = this.#shared
    try {
      await journal.read(noBoard, 0, 1)
    } catch (cause) {
      this.#record(faultOf(cause, log), 'journal cannot be read')
    }
  }

  /** Probes with one real write, so that a recovered journal is found before a player tries. */
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
