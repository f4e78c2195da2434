/** What the lobby shows: the games of this node, and those that other nodes tell of. */
import type { GameSummary } from '../protocol/index.ts'
import type { Exchange } from './exchange.ts'

const topic = 'lobby'

/** Rows in one message between nodes: some ten kilobytes. */
const rowsAtOnce = 64

/** What a node shows from now on, by game; null: no more. */
type News = readonly (readonly [game: string, row: GameSummary | null])[]

export class LobbyBoard {
  readonly #exchange: Exchange | null
  readonly #changed: (shown: GameSummary, now: GameSummary | null) => void
  readonly #own = new Map<string, GameSummary>()
  readonly #others = new Map<string, Map<string, GameSummary>>()

  /** @param changed a game is shown otherwise than before; `shown` is what it was or has become. */
  constructor(exchange: Exchange | null, changed: (shown: GameSummary, now: GameSummary | null) => void) {
    this.#exchange = exchange
    this.#changed = changed
    exchange?.hear(topic, (news, node) => this.#hear(node, JSON.parse(news) as News))
  }

  /** What this node shows of the game. */
  own(game: string): GameSummary | undefined {
    return this.#own.get(game)
  }

  /** Null: this node shows it no more. */
  put(game: string, row: GameSummary | null): void {
    const before = this.find(game)
    if (row === null && !this.#own.delete(game)) return
    if (row !== null) this.#own.set(game, row)
    this.#exchange?.tell(topic, JSON.stringify([[game, row]] satisfies News))
    this.#compare(game, before)
  }

  /** What any node shows of the game: the furthest of them, for news travel. */
  find(game: string): GameSummary | undefined {
    let found = this.#own.get(game)
    for (const rows of this.#others.values()) {
      const row = rows.get(game)
      if (row !== undefined && (found === undefined || found.status === 'open')) found = row
    }
    return found
  }

  /** Those of this node first, each in order of its showing. */
  rows(): readonly GameSummary[] {
    if (this.#others.size === 0) return [...this.#own.values()]
    const games = new Set([...this.#own.keys(), ...[...this.#others.values()].flatMap((rows) => [...rows.keys()])])
    return [...games].flatMap((game) => this.find(game) ?? [])
  }

  /** Another node may have missed what is shown here. */
  repeat(): void {
    const rows = [...this.#own]
    for (let first = 0; first < rows.length; first += rowsAtOnce)
      this.#exchange?.tell(topic, JSON.stringify(rows.slice(first, first + rowsAtOnce) satisfies News))
  }

  /** Nothing is known any more of what another node shows. */
  lose(node: string): void {
    const rows = [...(this.#others.get(node) ?? [])]
    this.#others.delete(node)
    for (const [game, row] of rows) this.#compare(game, row)
  }

  #hear(node: string, news: News): void {
    const rows = this.#others.get(node) ?? new Map<string, GameSummary>()
    this.#others.set(node, rows)
    for (const [game, row] of news) {
      const before = this.find(game)
      if (row === null) rows.delete(game)
      else rows.set(game, row)
      this.#compare(game, before)
    }
  }

  #compare(game: string, before: GameSummary | undefined): void {
    const now = this.find(game)
    const shown = now ?? before
    if (shown !== undefined && now?.status !== before?.status) this.#changed(shown, now ?? null)
  }
}
