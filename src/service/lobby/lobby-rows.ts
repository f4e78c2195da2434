/** What the lobby shows: the games of this node and those that other nodes report. */
import { makeRules, type Rules } from '../../game/index.ts'
import type { GameSummary } from '../../protocol/index.ts'
import type { Peers } from '../cluster/peers.ts'

/** The lobby shows a game differently than before; undefined: not at all. */
export interface RowChange {
  readonly game: string
  readonly before: GameSummary | undefined
  readonly now: GameSummary | undefined
}

/** The list as it is sent; frozen, so that it is serialised once. */
export interface Listed {
  readonly games: GameSummary[]
}

const nothing: Listed = Object.freeze({ games: [] })

/** A list of rows, kept by status in the order in which they are shown. */
class RowList {
  readonly #rows = { open: new Map<string, GameSummary>(), live: new Map<string, GameSummary>() }
  #listed: Listed | null = null

  get isEmpty(): boolean {
    return this.#rows.open.size + this.#rows.live.size === 0
  }

  find(game: string): GameSummary | undefined {
    return this.#rows.open.get(game) ?? this.#rows.live.get(game)
  }

  put(game: string, row: GameSummary | null): void {
    this.#listed = null
    this.#rows.open.delete(game)
    this.#rows.live.delete(game)
    if (row !== null && row.status !== 'over') this.#rows[row.status].set(game, row)
  }

  list(max: number): Listed {
    const { open, live } = this.#rows
    return (this.#listed ??= Object.freeze({ games: [...first(open, max), ...first(live, max)] }))
  }
}

export class LobbyRows {
  readonly #peers: Peers | null
  readonly #changed: (change: RowChange) => void
  readonly #own = new Map<string, GameSummary>()
  readonly #all = new RowList()
  /** By rules, in their short form. */
  readonly #byRules = new Map<string, RowList>()

  constructor(peers: Peers | null, changed: (change: RowChange) => void) {
    this.#peers = peers
    this.#changed = changed
    peers?.watch('lobby', (game) => this.#compare(game))
  }

  /** The row that this node shows for the game. */
  own(game: string): GameSummary | undefined {
    return this.#own.get(game)
  }

  /** Sets the row that this node shows; null: it no longer shows the game. */
  put(game: string, row: GameSummary | null): void {
    if (row === null && !this.#own.delete(game)) return
    if (row !== null) this.#own.set(game, row)
    this.#peers?.put('lobby', game, row)
    this.#compare(game)
  }

  /**
   * The row of the game on any node. If nodes differ, `live` wins over `open`: updates travel, and a game never
   * reopens.
   */
  find(game: string): GameSummary | undefined {
    let found = this.#own.get(game)
    for (const row of this.#peers?.find('lobby', game) ?? [])
      if (found === undefined || found.status === 'open') found = row
    return found
  }

  /** Open games, oldest first, then live ones; at most `max` of each. Returns the same object until a row changes. */
  list(rules: Rules | null, max: number): Listed {
    const list = rules === null ? this.#all : this.#byRules.get(makeRules(rules))
    return list?.list(max) ?? nothing
  }

  #compare(game: string): void {
    const before = this.#all.find(game)
    const now = this.find(game)
    const shown = now ?? before
    if (shown === undefined || now?.status === before?.status) return
    this.#updateLists(shown, now ?? null)
    this.#changed({ game, before, now })
  }

  #updateLists({ game, rules }: GameSummary, now: GameSummary | null): void {
    this.#all.put(game, now)
    const key = makeRules(rules)
    const list = this.#byRules.get(key) ?? new RowList()
    list.put(game, now)
    if (list.isEmpty) this.#byRules.delete(key)
    else this.#byRules.set(key, list)
  }
}

/** The oldest `max` rows. */
function first(rows: ReadonlyMap<string, GameSummary>, max: number): readonly GameSummary[] {
  const found: GameSummary[] = []
  for (const row of rows.values()) {
    if (found.length === max) break
    found.push(row)
  }
  return found
}
