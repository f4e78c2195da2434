/** Who waits for an opponent: the list of open and live public games, and quick match. */
import { type Account, type Game, isSameRules, type Rules, type TimeControl } from '../game/index.ts'
import { Fault, type GameSummary, makeSummary, type Notification, type Status, statusOf } from '../protocol/index.ts'
import type { Ask } from './ask.ts'
import type { Listener } from './audience.ts'
import type { Games } from './games.ts'
import { LobbyBoard } from './lobby-board.ts'
import { Matchmaker, ownerOf, type Proposal } from './matchmaker.ts'
import { OpenPlaces } from './open-places.ts'
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

/** How often a wish is decided again because somebody else was faster. */
const proposalsMax = 8

/** How long a game that is just being opened on another node is waited for, in ms, and how often. */
const openingMs = 100
const openingsMax = 5

export class Lobby {
  readonly #shared: Shared
  readonly #games: Games
  /** Open games whose owner is here, and live ones; those of other nodes too. */
  readonly #board: LobbyBoard
  readonly #matchmaker: Matchmaker
  readonly #places: OpenPlaces
  /** Each with the rules it asked for, null for all. */
  readonly #listeners = new Map<LobbyListener, Rules | null>()
  /** Wishes are granted one after the other: two strangers never open a game each and wait side by side. */
  #line: Promise<void> = Promise.resolve()

  /** @param nodes every node in an order on which all agree. */
  constructor(shared: Shared, games: Games, nodes: () => readonly string[]) {
    this.#shared = shared
    this.#games = games
    this.#places = new OpenPlaces(shared.limits.lobbyGamesPerOwnerMax)
    this.#board = new LobbyBoard(shared.exchange, (shown, now) => this.#tell(shown, now))
    this.#matchmaker = new Matchmaker(shared, { rows: () => this.#board.rows(), nodes })
  }

  /** A game has changed, or somebody came to it or left it. */
  see(id: string, game: Game): void {
    if (!game.public) return
    const status = statusOf(game)
    const isShown = status === 'live' || (status === 'open' && this.#games.isPresent(id, ownerOf(game)))
    if (!isShown) return this.forget(id)
    if (status === 'open' && !this.#places.enter(id, ownerOf(game))) return
    if (status === 'live') this.#free(id)
    if (this.#board.own(id)?.status !== status) this.#board.put(id, makeSummary(id, game, this.#shared.clock.wall()))
  }

  /** A game has left the memory of this node. */
  forget(id: string): void {
    if (this.#board.own(id) !== undefined) this.#board.put(id, null)
    this.#free(id)
  }

  /** Another node may have missed what is shown here. */
  repeat(): void {
    this.#board.repeat()
  }

  /** Nothing is known any more of what another node shows. */
  lose(node: string): void {
    this.#board.lose(node)
  }

  /** Open games, oldest first, then live ones, oldest first; at most `limits.lobbyGamesMax` of each. */
  list(rules: Rules | null): GameSummary[] {
    const { lobbyGamesMax } = this.#shared.limits
    const fitting = this.#board.rows().filter((row) => rules === null || isSameRules(row.rules, rules))
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
    const not: string[] = []
    for (let attempt = 0; attempt < proposalsMax; attempt++) {
      const proposal = await this.#matchmaker.propose({ account: account.id, rules, clock, not })
      for (const game of proposal.games) if (await this.#join(game, wish)) return
      if (proposal.games.length === 0) return this.#open(proposal, wish)
      not.push(...proposal.games)
    }
    throw new Fault('unavailable', 'others keep being faster')
  }

  #open({ open }: Proposal, wish: Wish): Promise<void> {
    return this.#submit(open, wish, {
      type: 'create',
      rules: wish.rules,
      seats: 'invite',
      public: true,
      players: this.#shared.random.below(2) === 0 ? { X: wish.account } : { O: wish.account },
      by: wish.account.id,
      ...(wish.clock === undefined ? {} : { clock: wish.clock }),
    })
  }

  /** False when somebody else was faster, or whoever was to open the game did not. */
  async #join(game: string, wish: Wish): Promise<boolean> {
    for (let attempt = 0; attempt < openingsMax; attempt++)
      try {
        await this.#submit(game, wish, { type: 'join', account: wish.account })
        return true
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault
        if (fault.fault === 'seat-taken' || fault.fault === 'game-over') return false
        if (fault.fault !== 'no-such-game') throw fault
        await new Promise<void>((resolve) => void this.#shared.clock.after(openingMs, resolve))
      }
    return false
  }

  async #submit(game: string, { from, reply }: Wish, command: Ask['command']): Promise<void> {
    const answer = new PromiseReply()
    this.#games.submit(game, { command, reply: answer, from, listens: true })
    reply.result(await answer.promise)
  }

  /** Another game of the same owner may be shown now. */
  #free(id: string): void {
    const next = this.#places.leave(id)
    const game = next === undefined ? null : this.#games.peek(next)
    if (next !== undefined && game !== null) this.see(next, game)
  }

  #tell({ game, rules }: GameSummary, summary: GameSummary | null): void {
    for (const [listener, asked] of this.#listeners)
      if (asked === null || isSameRules(asked, rules)) listener.lobbyChanged({ game, summary })
  }
}
