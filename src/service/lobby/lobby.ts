/** Who waits for an opponent: the list of open and live public games, and quick match. */
import type { Timer } from '../../base/index.ts'
import {
  type Account,
  type Game,
  isClockRunning,
  isSameRules,
  players,
  type Rules,
  type TimeControl,
} from '../../game/index.ts'
import { Fault, type GameSummary, makeSummary, statusOf } from '../../protocol/index.ts'
import type { PendingCommand } from '../games/pending-command.ts'
import type { Listener } from '../audience/audience.ts'
import { News } from '../games/change.ts'
import { reasonOf } from '../games/fold.ts'
import type { Games } from '../games/games.ts'
import { type RowChange, type Listed, LobbyRows } from './lobby-rows.ts'
import { isSameKind, Matchmaker, ownerOf } from './matchmaker.ts'
import { nextId } from '../games/next-id.ts'
import { OwnerCap } from './owner-cap.ts'
import { PromiseReply, type Reply, replyFault } from '../sessions/reply.ts'
import type { Shared } from '../context.ts'
import { Tally } from '../sessions/tally.ts'

/** Who hears of the lobby. */
export interface LobbyListener {
  lobbyChanged(news: News<'lobby.changed'>): void
}

/** Who wishes for an opponent. */
export interface Wisher extends Listener {
  /** They have gone: nothing is wished for any more. */
  readonly isOver: boolean
}

/** One wish for an opponent. */
export interface Wish {
  readonly account: Account
  readonly rules: Rules
  readonly clock: TimeControl | undefined
  /** The id of the game that it opens, by which a repeat is known; null: it is none. */
  readonly key: string | null
  readonly from: Wisher
  readonly reply: Reply
}

/** How often a wish is decided again because somebody else was faster. */
const proposalsMax = 8

/** How long a game that is just being opened is waited for, in ms. */
const openingMs = 500

/** How long whoever wishes too much at once is asked to wait, in ms. */
const wishAgainMs = 500

/** Changes of the list are told at most this often, in ms: of a game that comes and goes meanwhile nobody hears. */
const tellIntervalMs = 100

export class Lobby {
  readonly #shared: Shared
  readonly #games: Games
  /** Open games whose owner is here, and live ones; those of other nodes too. */
  readonly #board: LobbyRows
  readonly #matchmaker: Matchmaker
  readonly #ofOwner: OwnerCap
  readonly #ofAddress: OwnerCap
  /** Each with the rules it asked for, null for all. */
  readonly #listeners = new Map<LobbyListener, Rules | null>()
  /** By account and key: a repeat waits for what it repeats. */
  readonly #keyed = new Map<string, Promise<void>>()
  /** Wishes that are being granted. */
  readonly #byConnection = new Tally<Wisher>()
  readonly #byAddress = new Tally<string>()
  /** Who waits for the lobby to show a game. */
  readonly #lookouts = new Map<string, Set<() => void>>()
  /** What was shown when it was told last, of games that have changed since. */
  readonly #untold = new Map<string, GameSummary | undefined>()
  #toldAt = -Infinity
  #telling: Timer | null = null

  constructor(shared: Shared, games: Games) {
    this.#shared = shared
    this.#games = games
    this.#ofOwner = new OwnerCap(shared.limits.lobbyGamesPerOwnerMax)
    this.#ofAddress = new OwnerCap(shared.limits.lobbyGamesPerAddress)
    this.#board = new LobbyRows(shared.peers, (change) => this.#changed(change))
    this.#matchmaker = new Matchmaker(shared)
  }

  /** A game has changed, or somebody came to it or left it. */
  see(id: string, game: Game): void {
    if (!game.public) return
    const due: string[] = []
    this.#see(id, game, due)
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
    return this.#board.list(rules, this.#shared.limits.lobbyGamesMax)
  }

  listen(listener: LobbyListener, rules: Rules | null): void {
    this.#listeners.set(listener, rules)
  }

  unlisten(listener: LobbyListener): void {
    this.#listeners.delete(listener)
  }

  close(): void {
    this.#telling?.cancel()
    this.#matchmaker.close()
  }

  /**
   * Sits the account down at the oldest fitting open game, or opens one. An account that already waits in a fitting
   * game gets that one, so that a wish may be repeated.
   *
   * What is decided is decided at once; nobody waits while what another got is stored.
   *
   * @throws Fault 'rate-limited'
   */
  play(wish: Wish): void {
    const { from } = wish
    const { wishesPerConnection, wishesPerAddress } = this.#shared.limits
    if (this.#byConnection.of(from) >= wishesPerConnection || this.#byAddress.of(from.address) >= wishesPerAddress)
      throw new Fault('rate-limited', 'too many wishes for an opponent wait', { retryAfterMs: wishAgainMs })
    this.#byConnection.add(from)
    this.#byAddress.add(from.address)
    this.#inTurn(wish)
      .finally(() => {
        this.#byConnection.remove(from)
        this.#byAddress.remove(from.address)
      })
      .catch((fault: unknown) => replyFault(wish.reply, fault))
  }

  #inTurn(wish: Wish): Promise<void> {
    if (wish.key === null) return this.#grant(wish)
    const name = `${wish.account.id} ${wish.key}`
    const grant = (): Promise<void> => this.#grant(wish)
    const granted = (this.#keyed.get(name) ?? Promise.resolve()).then(grant, grant)
    this.#keyed.set(name, granted)
    return granted.finally(() => this.#keyed.get(name) === granted && this.#keyed.delete(name))
  }

  async #grant(wish: Wish): Promise<void> {
    const { account, rules, clock } = wish
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
        not,
        ...(key !== null && { open: key }),
      })
      try {
        if (await this.#joinOne(proposal.games, wish, key)) return
        if (proposal.games.length === 0) return await this.#open(key ?? proposal.open, wish)
      } catch (fault) {
        // The wish is there already, or another game.
        isRepeat = key !== null && fault instanceof Fault && fault.fault === 'id-taken'
        if (!isRepeat) throw fault
      }
      not.push(...proposal.games)
    }
    throw new Fault('unavailable', 'others keep being faster')
  }

  /** Answers a wish that was granted before: null. Else the key under which it is granted now. */
  async #repeat(key: string, wish: Wish): Promise<string | null> {
    const { account, rules, clock, from } = wish
    const taken = (): Fault => new Fault('id-taken', `${key} is another game, or another wish`)
    const { game } = await this.#games.load(key, from)
    if (game === null || game.by !== account.id || !isSameKind(game, { rules, clock })) throw taken()
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
      // It was never opened.
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

  /** False when somebody else was faster, or nobody waits there any more. */
  async #join(game: string, wish: Wish, key: string | null): Promise<boolean> {
    try {
      const owner = await this.#findOwner(game)
      if (owner === null) return false
      // Where the wish leads is stored before it leads there: a repeat finds it whatever happens.
      if (key !== null && key !== game) await this.#note(key, game, wish)
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

  async #note(key: string, next: string, wish: Wish): Promise<void> {
    if (wish.from.isOver) throw new Fault('unavailable', 'the connection is gone')
    const command = { ...creationOf(wish), public: false, players: {}, next }
    await this.#games.command(key, command, wish.from)
  }

  async #submit(game: string, { from, reply }: Wish, command: PendingCommand['command']): Promise<void> {
    if (from.isOver) throw new Fault('unavailable', 'the connection is gone')
    const answer = new PromiseReply()
    this.#games.submit(game, { command, reply: answer, from, listens: true })
    reply.result(await answer.promise)
  }

  /** Who waits in the game: the lobby shows it, or will within {@link openingMs}. Null: nobody. */
  async #findOwner(game: string): Promise<string | null> {
    if (this.#board.find(game) === undefined) await this.#shows(game)
    const row = this.#board.find(game)
    return row?.status === 'open' ? ownerOf(row) : null
  }

  #shows(game: string): Promise<void> {
    return new Promise((resolve) => {
      const lookouts = this.#lookouts.get(game) ?? new Set()
      const look = (): void => {
        timer.cancel()
        lookouts.delete(look)
        if (lookouts.size === 0) this.#lookouts.delete(game)
        resolve()
      }
      const timer: Timer = this.#shared.clock.after(openingMs, look)
      this.#lookouts.set(game, lookouts.add(look))
    })
  }

  /** The lobby shows the game, or nobody will open it. */
  #wake(game: string): void {
    for (const look of this.#lookouts.get(game) ?? []) look()
  }

  /** `due` takes the games that have a place now. */
  #see(id: string, game: Game, due: string[]): void {
    const status = statusOf(game)
    if (status === 'live' && this.#board.own(id)?.status === 'live') return
    const address = this.#games.homeOf(id, game)
    if (status === 'over' || (status === 'open' && address === null)) return this.#forget(id, due)
    if (status === 'live') this.#free(this.#ofOwner, id, due)
    else if (!this.#ofOwner.enter(id, ownerOf(game))) return
    if (!this.#ofAddress.enter(id, address ?? '')) return
    if (this.#board.own(id)?.status !== status) this.#board.put(id, makeSummary(id, game, this.#shared.clock.wall()))
    if (game.last.type === 'joined' && isClockRunning(game)) this.#withdrawOthers(game)
  }

  #forget(id: string, due: string[]): void {
    if (this.#board.own(id) !== undefined) this.#board.put(id, null)
    this.#free(this.#ofOwner, id, due)
    this.#free(this.#ofAddress, id, due)
  }

  #free(places: OwnerCap, id: string, due: string[]): void {
    const next = places.leave(id)
    if (next !== undefined) due.push(next)
  }

  /** Games that have a place now because others have left theirs. */
  #promote(due: string[]): void {
    for (let next = due.pop(); next !== undefined; next = due.pop()) {
      const game = this.#games.peek(next)
      if (game === null) this.#forget(next, due)
      else this.#see(next, game, due)
    }
  }

  /** Nobody plays two games against the clock at once because they waited in two. */
  #withdrawOthers(game: Game): void {
    for (const player of players) {
      const owner = game.players[player]?.id
      for (const open of owner === undefined ? [] : this.#matchmaker.leave(owner)) void this.#withdraw(open)
    }
  }

  /** At its version: a game that somebody joins meanwhile is not given up. */
  async #withdraw(id: string): Promise<void> {
    try {
      const game = this.#games.peek(id) ?? (await this.#games.load(id, null)).game
      if (game === null || statusOf(game) !== 'open') return
      await this.#games.command(id, { type: 'resign', by: ownerOf(game), version: game.version })
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault
      this.#shared.log.warn({ reason: reasonOf(fault) }, 'open game could not be withdrawn')
    }
  }

  #changed(change: RowChange): void {
    const { game, before } = change
    if (this.#matchmaker.see(change)) void this.#withdraw(game)
    this.#wake(game)
    if (!this.#untold.has(game)) this.#untold.set(game, before)
    if (this.#telling !== null) return
    const { clock } = this.#shared
    const waitMs = this.#toldAt + tellIntervalMs - clock.now()
    if (waitMs <= 0) this.#tell()
    else this.#telling = clock.after(waitMs, () => this.#tell())
  }

  #tell(): void {
    this.#telling = null
    this.#toldAt = this.#shared.clock.now()
    for (const [game, before] of this.#untold) {
      const now = this.#board.find(game)
      const shown = now ?? before
      if (shown === undefined || now?.status === before?.status) continue
      const news = new News('lobby.changed', { game, summary: now ?? null })
      for (const [listener, asked] of this.#listeners)
        if (asked === null || isSameRules(asked, shown.rules)) listener.lobbyChanged(news)
    }
    this.#untold.clear()
  }
}

function creationOf({ rules, clock, account }: Wish) {
  return {
    type: 'create',
    rules,
    seats: 'invite',
    by: account.id,
    ...(clock === undefined ? {} : { clock }),
  } as const
}

function isSeated({ players: { X, O } }: Game, { id }: Account): boolean {
  return X?.id === id || O?.id === id
}

/** Somebody else was faster, or the game is not there: another one is looked for. */
const isTaken: ReadonlySet<string> = new Set(['seat-taken', 'game-over', 'no-such-game'])
