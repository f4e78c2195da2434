/** Who waits for an opponent: the list of open and live public games, and quick match. */
import { makeId } from '../base/index.ts'
import { type Account, type Game, isSameRules, type Rules, type TimeControl } from '../game/index.ts'
import { Fault, type GameSummary, makeSummary, type Notification, type Status, statusOf } from '../protocol/index.ts'
import type { Ask } from './ask.ts'
import type { Listener } from './audience.ts'
import type { Games } from './games.ts'
import { PromiseReply, type Reply, replyFault } from './reply.ts'
import type { Shared } from './shared.ts'

/** Who hears of the lobby. */
export interface LobbyListener {
  lobbyChanged(change: Notification<'lobby.changed'>): void
}

/** One wish for an opponent. */
export interface Wish {
  readonly account: Account
  readonly rules: Rules
  readonly clock: TimeControl | undefined
  readonly from: Listener
  readonly reply: Reply
}

export class Lobby {
  readonly #shared: Shared
  readonly #games: Games
  /** What is shown: open games whose owner is here, and live ones. In order of opening. */
  readonly #shown = new Map<string, GameSummary>()
  /** Each with the rules it asked for, null for all. */
  readonly #listeners = new Map<LobbyListener, Rules | null>()
  /** Wishes are granted one after the other: two strangers never open a game each and wait side by side. */
  #line: Promise<void> = Promise.resolve()

  constructor(shared: Shared, games: Games) {
    this.#shared = shared
    this.#games = games
  }

  /** A game has changed, or somebody came to it or left it. */
  see(id: string, game: Game): void {
    if (!game.public) return
    const status = statusOf(game)
    const isShown = status === 'live' || (status === 'open' && this.#games.isPresent(id, ownerOf(game)))
    const shown = this.#shown.get(id)
    if (!isShown) return this.forget(id)
    if (shown?.status === status) return
    const summary = makeSummary(id, game, this.#shared.clock.wall())
    this.#shown.set(id, summary)
    this.#tell(summary, summary)
  }

  /** A game has left the memory of this node. */
  forget(id: string): void {
    const summary = this.#shown.get(id)
    if (summary === undefined) return
    this.#shown.delete(id)
    this.#tell(summary, null)
  }

  /** Open games, oldest first, then live ones, oldest first; at most `limits.lobbyGamesMax` of each. */
  list(rules: Rules | null): GameSummary[] {
    const { lobbyGamesMax } = this.#shared.limits
    const fitting = [...this.#shown.values()].filter((summary) => rules === null || isSameRules(summary.rules, rules))
    const of = (status: Status): GameSummary[] =>
      fitting.filter((summary) => summary.status === status).slice(0, lobbyGamesMax)
    return [...of('open'), ...of('live')]
  }

  listen(listener: LobbyListener, rules: Rules | null): void {
    this.#listeners.set(listener, rules)
  }

  unlisten(listener: LobbyListener): void {
    this.#listeners.delete(listener)
  }

  /**
   * Sits the account down at the oldest fitting open game, or opens one. An account that already waits in a fitting
   * game gets that one, so that a wish may be repeated.
   */
  play(wish: Wish): void {
    this.#line = this.#line.then(() => this.#grant(wish)).catch((fault: unknown) => replyFault(wish.reply, fault))
  }

  async #grant(wish: Wish): Promise<void> {
    const { account, rules, clock } = wish
    const fitting = [...this.#shown.values()].filter(
      (game) => game.status === 'open' && isSameRules(game.rules, rules) && isSameClock(game.clock, clock),
    )
    const own = fitting.filter((game) => ownerOf(game) === account.id)
    for (const { game } of own.length > 0 ? own : fitting) if (await this.#join(game, wish)) return
    await this.#submit(makeId(this.#shared.random), wish, {
      type: 'create',
      rules: wish.rules,
      seats: 'invite',
      public: true,
      players: this.#shared.random.below(2) === 0 ? { X: wish.account } : { O: wish.account },
      by: wish.account.id,
      ...(wish.clock === undefined ? {} : { clock: wish.clock }),
    })
  }

  /** False when somebody else was faster. */
  async #join(game: string, wish: Wish): Promise<boolean> {
    try {
      await this.#submit(game, wish, { type: 'join', account: wish.account })
      return true
    } catch (fault) {
      const isGone = fault instanceof Fault && (fault.fault === 'seat-taken' || fault.fault === 'game-over')
      if (isGone) return false
      throw fault
    }
  }

  async #submit(game: string, { from, reply }: Wish, command: Ask['command']): Promise<void> {
    const answer = new PromiseReply()
    this.#games.submit(game, { command, reply: answer, from, listens: true })
    reply.result(await answer.promise)
  }

  #tell({ game, rules }: GameSummary, summary: GameSummary | null): void {
    for (const [listener, asked] of this.#listeners)
      if (asked === null || isSameRules(asked, rules)) listener.lobbyChanged({ game, summary })
  }
}

/** Who waits in an open game. */
function ownerOf({ players }: Pick<Game, 'players'>): string {
  return players.X?.id ?? players.O?.id ?? ''
}

function isSameClock(a: TimeControl | undefined, b: TimeControl | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
