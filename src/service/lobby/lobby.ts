/** The lobby: the list of open and live public games, and quick match. */
import type { Timer } from '../../base/index.ts'
import { type Game, isClockRunning, isSameRules, players, type Rules } from '../../game/index.ts'
import { Fault, type GameSummary, makeSummary, statusOf } from '../../protocol/index.ts'
import type { PendingCommand } from '../games/pending-command.ts'
import { type AnyNotification, SharedNotification } from '../games/change.ts'
import { faultReasonOf } from '../games/fold.ts'
import type { Games } from '../games/games.ts'
import { type RowChange, type Listed, LobbyRows } from './lobby-rows.ts'
import { isSameKind, Matchmaker, ownerOf } from './matchmaker.ts'
import { nextId } from '../games/next-id.ts'
import { OwnerCap } from './owner-cap.ts'
import { PromiseReply, replyFault } from '../sessions/reply.ts'
import type { ServiceContext } from '../context.ts'
import { KeyCounts } from './key-counts.ts'
import { creationOf, isSeated, isTaken, type Wish, type Wisher } from './wish.ts'

/** Receives changes of the lobby. */
export interface LobbyListener {
  notify(notification: AnyNotification): void
}

/** How often a wish is decided again because another player was faster. */
const proposalsMax = 8

/** How long to wait for a game that is being opened, in ms. */
const openingMs = 500

/** Suggested delay for a client with too many wishes at once, in ms. */
const wishAgainMs = 500

/** Minimum interval between notifications of changes, in ms. A game that comes and goes within it is not reported. */
const notifyIntervalMs = 100

export class Lobby {
  readonly #shared: ServiceContext
  readonly #games: Games
  /** Open games whose owner watches them, and live games, of all nodes; within the caps of owner and address. */
  readonly #rows: LobbyRows
  readonly #matchmaker: Matchmaker
  readonly #ofOwner: OwnerCap
  readonly #ofAddress: OwnerCap
  /** Each listener with the rules it asked for, null for all. */
  readonly #listeners = new Map<LobbyListener, Rules | null>()
  /** Wishes in progress, by account and key: a repeat waits for the first. */
  readonly #keyed = new Map<string, Promise<void>>()
  /** Wishes that are being granted. */
  readonly #byConnection = new KeyCounts<Wisher>()
  readonly #byAddress = new KeyCounts<string>()
  /** Callbacks that wait until the lobby shows a game. */
  readonly #waiters = new Map<string, Set<() => void>>()
  /** Games that have changed since the last notification, each with its row as last reported. */
  readonly #unreported = new Map<string, GameSummary | undefined>()
  #notifiedAt = -Infinity
  #notifyTimer: Timer | null = null

  constructor(shared: ServiceContext, games: Games) {
    this.#shared = shared
    this.#games = games
    this.#ofOwner = new OwnerCap(shared.limits.lobbyGamesPerOwnerMax)
    this.#ofAddress = new OwnerCap(shared.limits.lobbyGamesPerAddress)
    this.#rows = new LobbyRows(shared.peers, (change) => this.#changed(change))
    this.#matchmaker = new Matchmaker(shared)
  }

  /** A game or its presence has changed. */
  update(id: string, game: Game): void {
    if (!game.public) return
    const due: string[] = []
    this.#update(id, game, due)
    this.#promote(due)
  }

  /** A game has left the memory of this node. */
  forget(id: string): void {
    const due: string[] = []
    this.#forget(id, due)
    this.#promote(due)
  }

  /** Open games, oldest first, then live ones, oldest first; at most `limits.lobbyGamesMax` of each. */
  list(rules: Rules | null): Listed {
    return this.#rows.list(rules, this.#shared.limits.lobbyGamesMax)
  }

  listen(listener: LobbyListener, rules: Rules | null): void {
    this.#listeners.set(listener, rules)
  }

  unlisten(listener: LobbyListener): void {
    this.#listeners.delete(listener)
  }

  close(): void {
    this.#notifyTimer?.cancel()
    this.#matchmaker.close()
  }

  /**
   * Seats the account at the oldest fitting open game, or opens one. An account that already waits in a fitting game
   * gets that game, so a wish may be repeated.
   *
   * The decision is made at once: no wish waits while another wish's result is stored.
   *
   * @throws Fault 'rate-limited'
   */
  play(wish: Wish): void {
    const { from } = wish
    const { wishesPerConnection, wishesPerAddress } = this.#shared.limits
    if (this.#byConnection.of(from) >= wishesPerConnection || this.#byAddress.of(from.address) >= wishesPerAddress)
      throw new Fault('rate-limited', 'too many wishes for an opponent are waiting', { retryAfterMs: wishAgainMs })
    this.#byConnection.add(from)
    this.#byAddress.add(from.address)
    this.#grantInOrder(wish)
      .finally(() => {
        this.#byConnection.remove(from)
        this.#byAddress.remove(from.address)
      })
      .catch((fault: unknown) => replyFault(wish.reply, fault))
  }

  #grantInOrder(wish: Wish): Promise<void> {
    if (wish.key === null) return this.#grant(wish)
    const name = `${wish.account.id} ${wish.key}`
    const grant = (): Promise<void> => this.#grant(wish)
    const granted = (this.#keyed.get(name) ?? Promise.resolve()).then(grant, grant)
    this.#keyed.set(name, granted)
    return granted.finally(() => this.#keyed.get(name) === granted && this.#keyed.delete(name))
  }

  async #grant(wish: Wish): Promise<void> {
    const { account, rules, clock, match } = wish
    const not: string[] = []
    let { key } = wish
    let isRepeat = false
    for (let attempt = 0; attempt < proposalsMax; attempt++) {
      if (key !== null && (isRepeat || this.#games.peek(key) !== null)) {
        isRepeat = false
        key = await this.#repeat(key, wish)
        if (key === null) return
        continue
      }
      const proposal = await this.#matchmaker.propose({
        account: account.id,
        rules,
        clock,
        match,
        not,
        ...(key !== null && { open: key }),
      })
      try {
        if (await this.#joinOne(proposal.games, wish, key)) return
        if (proposal.games.length === 0) return await this.#open(key ?? proposal.open, wish)
      } catch (fault) {
        // The key is in use: the wish was granted before, or it is the id of another game.
        isRepeat = key !== null && fault instanceof Fault && fault.fault === 'id-taken'
        if (!isRepeat) throw fault
      }
      not.push(...proposal.games)
    }
    throw new Fault('unavailable', 'other players were faster each time: try again')
  }

  /**
   * Answers a repeated wish that was granted before and returns null. If its first game came to nothing, returns the
   * key under which the wish is granted now.
   */
  async #repeat(key: string, wish: Wish): Promise<string | null> {
    const { account, from } = wish
    const taken = (): Fault => new Fault('id-taken', `${key} is the id of another game or wish: use a new key`)
    const { game } = await this.#games.load(key, from)
    if (game === null || game.by !== account.id || !isSameKind(game, wish)) throw taken()
    const granted = isSeated(game, account) ? key : game.next
    if (granted === null) throw taken()
    if (granted !== key && !(await this.#isSeatedIn(granted, wish))) return nextId(key)
    await this.#submit(granted, wish, { type: 'join', account })
    return null
  }

  async #isSeatedIn(id: string, { account, from }: Wish): Promise<boolean> {
    try {
      const { game } = await this.#games.load(id, from)
      return game !== null && isSeated(game, account)
    } catch (fault) {
      // The game was never created.
      if (fault instanceof Fault && fault.fault === 'no-such-game') return false
      throw fault
    }
  }

  async #open(id: string, wish: Wish): Promise<void> {
    const players = this.#shared.random.below(2) === 0 ? { X: wish.account } : { O: wish.account }
    try {
      await this.#submit(id, wish, { ...creationOf(wish), public: true, players })
    } finally {
      this.#matchmaker.settle(id, wish.account.id)
      this.#wake(id)
    }
  }

  async #joinOne(games: readonly string[], wish: Wish, key: string | null): Promise<boolean> {
    for (const game of games) if (await this.#join(game, wish, key)) return true
    return false
  }

  /** Joins an open game. False if another player was faster or nobody waits there any more. */
  async #join(game: string, wish: Wish, key: string | null): Promise<boolean> {
    try {
      const owner = await this.#findOwner(game, wish)
      if (owner === null) return false
      // Stores which game answers the wish before joining it: so a repeat finds that game whatever happens.
      if (key !== null && key !== game) await this.#recordGrant(key, game, wish)
      await this.#submit(game, wish, { type: 'join', account: wish.account })
      const waits = owner === wish.account.id ? [] : this.#matchmaker.others(wish.account.id, wish, game)
      for (const open of waits) void this.#withdraw(open)
      return true
    } catch (fault) {
      if (fault instanceof Fault && isTaken.has(fault.fault)) return false
      throw fault
    } finally {
      this.#matchmaker.settle(game, wish.account.id)
    }
  }

  async #recordGrant(key: string, next: string, wish: Wish): Promise<void> {
    if (wish.from.isOver) throw new Fault('unavailable', 'the connection is gone')
    const command = { ...creationOf(wish), public: false, players: {}, next }
    await this.#games.command(key, command, wish.from)
  }

  async #submit(game: string, { from, reply }: Wish, command: PendingCommand['command']): Promise<void> {
    if (from.isOver) throw new Fault('unavailable', 'the connection is gone')
    const answer = new PromiseReply()
    this.#games.of(game, from).submit({ command, reply: answer, from, listens: true })
    reply.result(await answer.promise)
  }

  /**
   * The account that waits in the game, once the lobby shows it; waits {@link openingMs} at most. Null: nobody waits
   * there, or a node that knows no matches proposed another kind of game.
   */
  async #findOwner(game: string, wish: Wish): Promise<string | null> {
    if (this.#rows.find(game) === undefined) await this.#shows(game)
    const row = this.#rows.find(game)
    return row?.status === 'open' && isSameKind(row, wish) ? ownerOf(row) : null
  }

  #shows(game: string): Promise<void> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(game) ?? new Set()
      const notify = (): void => {
        timer.cancel()
        waiters.delete(notify)
        if (waiters.size === 0) this.#waiters.delete(game)
        resolve()
      }
      const timer: Timer = this.#shared.clock.after(openingMs, notify)
      this.#waiters.set(game, waiters.add(notify))
    })
  }

  /** Ends the waiting for this game: the lobby shows it, or it will not be opened. */
  #wake(game: string): void {
    for (const notify of this.#waiters.get(game) ?? []) notify()
  }

  /** Updates the row of a game. Adds to `due` the games that now have a place. */
  #update(id: string, game: Game, due: string[]): void {
    const status = statusOf(game)
    if (status === 'live' && this.#rows.own(id)?.status === 'live') return
    const address = this.#games.homeOf(id, game)
    if (status === 'over' || (status === 'open' && address === null)) return this.#forget(id, due)
    if (status === 'live') this.#free(this.#ofOwner, id, due)
    else if (!this.#ofOwner.enter(id, ownerOf(game))) return
    if (!this.#ofAddress.enter(id, address ?? '')) return
    if (this.#rows.own(id)?.status !== status) this.#rows.put(id, makeSummary(id, game, this.#shared.clock.wall()))
    if (game.last.type === 'joined' && isClockRunning(game)) this.#withdrawOthers(game)
  }

  #forget(id: string, due: string[]): void {
    if (this.#rows.own(id) !== undefined) this.#rows.put(id, null)
    this.#free(this.#ofOwner, id, due)
    this.#free(this.#ofAddress, id, due)
  }

  #free(places: OwnerCap, id: string, due: string[]): void {
    const next = places.leave(id)
    if (next !== undefined) due.push(next)
  }

  /** Shows games that got the places of others. */
  #promote(due: string[]): void {
    for (let next = due.pop(); next !== undefined; next = due.pop()) {
      const game = this.#games.peek(next)
      if (game === null) this.#forget(next, due)
      else this.#update(next, game, due)
    }
  }

  /**
   * Withdraws the other open games of both players: nobody should play two games with a clock because they waited in
   * two.
   */
  #withdrawOthers(game: Game): void {
    for (const player of players) {
      const owner = game.players[player]?.id
      for (const open of owner === undefined ? [] : this.#matchmaker.leave(owner)) void this.#withdraw(open)
    }
  }

  /** Resigns an open game at its version, so a game that somebody joins meanwhile is not given up. */
  async #withdraw(id: string): Promise<void> {
    try {
      const game = this.#games.peek(id) ?? (await this.#games.load(id, null)).game
      if (game === null || statusOf(game) !== 'open') return
      await this.#games.command(id, { type: 'resign', by: ownerOf(game), version: game.version })
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault
      this.#shared.log.warn({ reason: faultReasonOf(fault) }, 'open game could not be withdrawn')
    }
  }

  #changed(change: RowChange): void {
    const { game, before } = change
    if (this.#matchmaker.update(change)) void this.#withdraw(game)
    this.#wake(game)
    if (!this.#unreported.has(game)) this.#unreported.set(game, before)
    if (this.#notifyTimer !== null) return
    const { clock } = this.#shared
    const waitMs = this.#notifiedAt + notifyIntervalMs - clock.now()
    if (waitMs <= 0) this.#notifyListeners()
    else this.#notifyTimer = clock.after(waitMs, () => this.#notifyListeners())
  }

  #notifyListeners(): void {
    this.#notifyTimer = null
    this.#notifiedAt = this.#shared.clock.now()
    for (const [game, before] of this.#unreported) {
      const now = this.#rows.find(game)
      const shown = now ?? before
      if (shown === undefined || now?.status === before?.status) continue
      const row = new SharedNotification('lobby.changed', { game, summary: now ?? null }, `lobby ${game}`)
      for (const [listener, asked] of this.#listeners)
        if (asked === null || isSameRules(asked, shown.rules)) listener.notify(row)
    }
    this.#unreported.clear()
  }
}
