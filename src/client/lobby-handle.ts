/** A client's handle to the lobby: the list of games, kept up to date. */
import type { Notification, Params, GameSummary } from '../protocol/index.ts'
import { ListenerList } from './listeners.ts'

/** The lobby that a client watches, and the parameters it was requested with. */
export interface WatchedLobby {
  readonly handle: LobbyHandle
  readonly params: Params<'lobby.watch'>
}

export class LobbyHandle {
  readonly #changes = new ListenerList<LobbyHandle>()
  readonly #release: (handle: LobbyHandle) => void
  #games: ReadonlyMap<string, GameSummary>

  /** Only a client constructs it: see `Client.lobby`. */
  constructor(games: readonly GameSummary[], release: (handle: LobbyHandle) => void) {
    this.#games = mapOf(games)
    this.#release = release
  }

  /** In the server's order; games added since are at the end. */
  get games(): readonly GameSummary[] {
    return [...this.#games.values()]
  }

  /** Calls `listener` after each change of the list. The returned function removes it. */
  onChange(listener: (handle: LobbyHandle) => void): () => void {
    return this.#changes.add(listener)
  }

  /** Stops watching the lobby. Idempotent. */
  close(): void {
    this.#release(this)
  }

  /** For the client: replaces the whole list. */
  hearAll(games: readonly GameSummary[]): void {
    this.#games = mapOf(games)
    this.#changes.tell(this)
  }

  /** For the client: applies one change. */
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
