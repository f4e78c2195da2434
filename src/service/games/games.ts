/** The live games of one node: found by id, loaded on request, and removed from memory when idle. */
import { every, type Timer } from '../../base/index.ts'
import { type Command, type Game, players } from '../../game/index.ts'
import type { Entry, Listening } from '../../journal/index.ts'
import { Fault, type GameView, parseBody } from '../../protocol/index.ts'
import { UnloadedClocks } from './unloaded-clocks.ts'
import { Arbiter } from './arbiter.ts'
import type { AnyNotification } from './change.ts'
import type { GameOwner } from './live-game.ts'
import { makeServerCommand } from './pending-command.ts'
import type { Listener } from '../audience/audience.ts'
import { PromiseReply } from '../sessions/reply.ts'
import type { ServiceContext } from '../context.ts'
import { GamesPerOwner } from './games-per-owner.ts'

export interface GamesOwner extends GameOwner {
  /** A game has left memory. */
  forgotten(id: string): void
}

/** The session for which a game is loaded. Null: the server itself. */
export type Payer = Pick<Listener, 'accountId' | 'address'> | null

/** A game in memory, and the address and account that it counts for. */
interface Live {
  readonly arbiter: Arbiter
  readonly listening: Listening | null
  readonly address: string | null
  readonly account: string | null
}

/** The interval between sweeps for idle games, in ms; each sweep checks 1/`sweepParts` of all games. */
const sweepMs = 1_000
const sweepParts = 30
/**
 * How many games one request checks to find an idle one: some microseconds of work, independent of the number of games.
 */
const checksPerRequest = 32
/** Suggested delay before the next attempt when memory is full, in ms. */
const retryAfterMs = 5_000

export class Games {
  readonly #shared: ServiceContext
  readonly #owner: GamesOwner
  readonly #isAlone: boolean
  readonly #live = new Map<string, Live>()
  readonly #ofAddress: GamesPerOwner
  readonly #ofAccount: GamesPerOwner
  readonly #unloadedClocks: UnloadedClocks
  readonly #sweeper: Timer
  #sweepPosition: IterableIterator<Live> = this.#live.values()

  /** `isAlone`: no other service writes to the journal, so its entries need not be watched. */
  constructor(shared: ServiceContext, owner: GamesOwner, isAlone: boolean) {
    this.#shared = shared
    this.#owner = owner
    this.#isAlone = isAlone
    const { connectionsPerAddress, requestsPerSecond, liveGamesPerAddress, liveGamesPerAccount } = shared.limits
    this.#ofAddress = new GamesPerOwner(connectionsPerAddress === 0 ? 0 : liveGamesPerAddress)
    this.#ofAccount = new GamesPerOwner(requestsPerSecond === 0 ? 0 : liveGamesPerAccount)
    this.#unloadedClocks = new UnloadedClocks(shared)
    this.#sweeper = every(shared.clock, sweepMs, () => this.#sweep(Math.ceil(this.#live.size / sweepParts)))
    shared.meter.gauge('live_games', () => this.#live.size)
  }

  get size(): number {
    return this.#live.size
  }

  /** True if memory is full: only the server itself may load more games. */
  get isFull(): boolean {
    return this.#live.size >= this.#shared.limits.liveGamesMax
  }

  /**
   * The arbiter of a game that may or may not exist. A game that is not in memory counts for `payer` from now on.
   * @throws Fault 'unavailable' if memory, or the payer's share of it, is full of busy games.
   */
  of(id: string, payer: Payer): Arbiter {
    const known = this.#live.get(id)
    if (known !== undefined) return known.arbiter
    if (payer !== null) this.#makeRoom(payer)
    const arbiter = new Arbiter(id, this.#shared, this.#owner)
    // Listens before the game is read, so that no entry is missed.
    const listening = this.#isAlone ? null : this.#listen(arbiter)
    // A game that the server itself loads still counts for the address that it counted for last.
    const home = this.#unloadedClocks.leave(id)
    this.#enter({ arbiter, listening, address: payer?.address ?? home, account: payer?.accountId ?? null })
    return arbiter
  }

  /**
   * The arbiter with its game loaded. While the journal cannot be read, a known game is returned in its last known
   * state.
   * @throws Fault 'no-such-game'
   */
  async load(id: string, payer: Payer): Promise<Arbiter> {
    const arbiter = this.of(id, payer)
    try {
      await arbiter.load()
    } catch (fault) {
      const isUnread = fault instanceof Fault && fault.fault === 'unavailable'
      if (!isUnread || arbiter.game === null) throw fault
    }
    if (arbiter.game === null) {
      // A game that does not exist must not take memory until the next sweep.
      this.#forgetIfIdle(id)
      throw new Fault('no-such-game', `there is no game ${id}`)
    }
    return arbiter
  }

  /** Call before one more game with a clock begins for this address. @throws Fault 'unavailable' */
  checkClocks(address: string): void {
    this.#unloadedClocks.check(address)
  }

  /** The clock of a game that is not in memory has stopped. */
  stopped(id: string): void {
    this.#unloadedClocks.leave(id)
  }

  /** Whether {@link load} answers from memory. */
  isKnown(id: string): boolean {
    return this.#live.get(id)?.arbiter.isKnown ?? false
  }

  /** The state of a game; null if it is not in memory. */
  peek(id: string): Game | null {
    return this.#live.get(id)?.arbiter.game ?? null
  }

  /** The state of a game as clients see it; null if it is not in memory or is being read. */
  view(id: string): GameView | null {
    return this.isKnown(id) ? (this.#live.get(id)?.arbiter.change()?.view ?? null) : null
  }

  /** Lets a game in memory do what is due in it. False if it is not in memory. */
  runAutomation(id: string): boolean {
    const arbiter = this.#live.get(id)?.arbiter
    if (arbiter === undefined || arbiter.game === null) return false
    arbiter.runAutomation()
    return true
  }

  /** The owner was notified of every event of a live game after this version. */
  notifiedSince(id: string): number {
    return this.#live.get(id)?.arbiter.notifiedSince ?? 0
  }

  /** The address of a connected player of this game; null if no player is connected. */
  homeOf(id: string, { players: seats }: Pick<Game, 'players'>): string | null {
    const arbiter = this.#live.get(id)?.arbiter
    for (const player of players) {
      const owner = seats[player]
      const address = owner === null ? undefined : arbiter?.addressOf(owner.id)
      if (address !== undefined && address !== null) return address
    }
    return null
  }

  /** Submits a command of the server itself, on behalf of `payer`. Resolves when it is acknowledged. @throws Fault */
  async command(id: string, command: Command, payer: Payer = null): Promise<void> {
    const reply = new PromiseReply()
    this.of(id, payer).submit(makeServerCommand(command, reply))
    await reply.promise
  }

  /** The session that a live game counts for; null if there is none. */
  payerOf(id: string): Payer {
    const live = this.#live.get(id)
    return live === undefined || live.address === null ? null : { address: live.address, accountId: live.account }
  }

  /** Notifies the players of a game who are connected to this node, except the connection of one who gets an answer. */
  tellPlayers(id: string, notification: AnyNotification, except: Listener | null): void {
    this.#live.get(id)?.arbiter.audience?.tellPlayers(notification, except)
  }

  /** The presence of the game on other nodes may have changed. */
  touch(id: string): void {
    this.#live.get(id)?.arbiter.audience?.touch()
  }

  /**
   * Applies entries that the journal holds now, written by any node. Returns those that the owner was not notified of.
   */
  applyAndReturnUnknown(entries: readonly Entry[]): readonly Entry[] {
    return entries.filter((entry) => !this.#knows(entry))
  }

  close(): void {
    this.#sweeper.cancel()
    for (const { arbiter, listening } of this.#live.values()) {
      listening?.close()
      arbiter.close()
    }
    this.#live.clear()
  }

  #listen(arbiter: Arbiter): Listening {
    return this.#shared.journal.listen(arbiter.id, (version, entry) =>
      arbiter.receive(version, entry && (() => parseBody(entry.body))),
    )
  }

  /** Applies the entry to its game if that is live. True if the owner was notified of it. */
  #knows({ game, version, body }: Entry): boolean {
    const arbiter = this.#live.get(game)?.arbiter
    if (arbiter === undefined) return false
    arbiter.receive(version, () => parseBody(body))
    return version <= arbiter.version && version > arbiter.notifiedSince
  }

  #enter(live: Live): void {
    const { arbiter, address, account } = live
    this.#live.set(arbiter.id, live)
    if (address !== null) this.#ofAddress.enter(address, arbiter.id)
    if (account !== null) this.#ofAccount.enter(account, arbiter.id)
  }

  /** Makes room for one more game of this payer. Checks a few games only; the next request or sweep checks more. */
  #makeRoom({ address, accountId }: NonNullable<Payer>): void {
    const { liveGamesMax, liveGamesPerAddress, liveGamesPerAccount } = this.#shared.limits
    if (this.#ofAddress.isFull(address) && !this.#forgetOne(this.#ofAddress, address))
      throw this.#refusal(`this address already has ${liveGamesPerAddress} live games`, 'end or leave some')
    if (accountId !== null && this.#ofAccount.isFull(accountId) && !this.#forgetOne(this.#ofAccount, accountId))
      throw this.#refusal(`this account already has ${liveGamesPerAccount} live games`, 'end or leave some')
    if (this.isFull && !this.#sweep(checksPerRequest))
      throw this.#refusal(`${liveGamesMax} games are live on this server`, 'try another server')
  }

  #refusal(reason: string, advice: string): Fault {
    this.#shared.meter.count('refused_games_total')
    return new Fault('unavailable', `${reason}, the most allowed: ${advice}, or try again later`, { retryAfterMs })
  }

  /** Removes one idle game of this owner, of the next few. Returns whether there was one. */
  #forgetOne(games: GamesPerOwner, owner: string): boolean {
    return games.next(owner, checksPerRequest).some((id) => this.#forgetIfIdle(id))
  }

  #forgetIfIdle(id: string): boolean {
    const live = this.#live.get(id)
    if (live?.arbiter.isIdle(this.#shared.clock.now()) !== true) return false
    this.#forget(live)
    return true
  }

  #forget({ arbiter, listening, address, account }: Live): void {
    listening?.close()
    arbiter.close()
    this.#live.delete(arbiter.id)
    if (address !== null) this.#ofAddress.leave(address, arbiter.id)
    if (account !== null) this.#ofAccount.leave(account, arbiter.id)
    this.#unloadedClocks.enter(arbiter.id, address)
    this.#owner.forgotten(arbiter.id)
  }

  /** Checks the next `checks` games and removes the idle ones from memory. Returns whether there was one. */
  #sweep(checks: number): boolean {
    const now = this.#shared.clock.now()
    let found = false
    for (let left = checks; left > 0; left--) {
      const step = this.#sweepPosition.next()
      if (step.done === true) {
        this.#sweepPosition = this.#live.values()
      } else if (step.value.arbiter.isIdle(now)) {
        this.#forget(step.value)
        found = true
      }
    }
    return found
  }
}
