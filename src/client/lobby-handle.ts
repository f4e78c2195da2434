/** The lobby in the hands of a client: its list, kept up to date. */
import type { Notification } from '../protocol/methods.ts'
import type { GameSummary } from '../protocol/shapes.ts'
import { Listeners } from './listeners.ts'

export class LobbyHandle {
  readonly #changes = new Listeners<LobbyHandle>()
  readonly #release: (handle: LobbyHandle) => void
  #games: ReadonlyMap<string, GameSummary>

  /** Made by a client: see `Client.lobby`. */
  constructor(games: readonly GameSummary[], release: (handle: LobbyHandle) => void) {
    this.#games = mapOf(games)
    this.#release = release
  }

  /** As the server orders them; those that came since are at the end. */
  get games(): readonly GameSummary[] {
    return [...this.#games.values()]
  }

  /** Called after each change of the list. The answer ends it. */
  onChange(listener: (handle: LobbyHandle) => void): () => void {
    return this.#changes.add(listener)
  }

  /** Hears no more of the lobby. Idempotent. */
  close(): void {
    this.#release(this)
  }

  /** For the client: the list anew. */
  hearAll(games: readonly GameSummary[]): void {
    this.#games = mapOf(games)
    this.#changes.tell(this)
  }

  /** For the client. */
  hear({ game, summary }: Notification<'lobby.changed'>): void {
    const games = new Map(this.#games)
    if (summary === null) games.delete(game)
    else games.set(game, summary)
    this.#games = games
    this.#changes.tell(this)
  }
}

function mapOf(games: readonly GameSummary[]): ReadonlyMap<string, GameSummary> {
  return new Map(games.map((summary) => [summary.game, summary]))
}
