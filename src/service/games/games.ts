/** The live games of one node: found by id, loaded when asked for, forgotten when idle. */
import { every, type Timer } from '../../base/index.ts'
import { type Command, type Game, players } from '../../game/index.ts'
import type { Entry, Listening } from '../../journal/index.ts'
import { Fault, type GameView, parseBody } from '../../protocol/index.ts'
import { AwayClocks } from './away-clocks.ts'
import { Arbiter } from './arbiter.ts'
import type { ArbiterHost } from './arbiter-host.ts'
import { type PendingCommand, makeServerCommand } from './pending-command.ts'
import type { Listener } from '../audience/audience.ts'
import { PromiseReply } from '../sessions/reply.ts'
import type { Shared } from '../context.ts'
import { Shares } from '../sessions/shares.ts'

export interface GamesHost extends ArbiterHost {
  /** A game has left memory. */
  forgotten(id: string): void
}

/** On whose behalf a game is brought into memory: a session. Null: the server's own. */
export type Payer = Pick<Listener, 'accountId' | 'address'> | null

/** A game in memory, and who brought it there. */
interface Live {
  readonly arbiter: Arbiter
  readonly listening: Listening | null
  readonly address: string | null
  readonly account: string | null
}

/** How often idle games are looked for, and what part of all games one look takes. */
const sweepMs = 1_000
const sweepParts = 30
/** Games that are looked at for one that is idle, in one request: some microseconds' work, whatever is in memory. */
const looksPerRequest = 32
/** When to ask again for what did not fit into memory, in ms. */
const retryAfterMs = 5_000

export class Games {
  readonly #shared: Shared
  readonly #host: GamesHost
  readonly #isAlone: boolean
  readonly #live = new Map<string, Live>()
  readonly #ofAddress: Shares
  readonly #ofAccount: Shares
  readonly #away: AwayClocks
  readonly #sweeper: Timer
  #walk: IterableIterator<Live> = this.#live.values()

  /** `isAlone`: nobody else writes to the journal, so that there is nothing to hear from it. */
  constructor(shared: Shared, host: GamesHost, isAlone: boolean) {
    this.#shared = shared
    this.#host = host
    this.#isAlone = isAlone
    const { connectionsPerAddress, requestsPerSecond, liveGamesPerAddress, liveGamesPerAccount } = shared.limits
    this.#ofAddress = new Shares(connectionsPerAddress === 0 ? 0 : liveGamesPerAddress)
    this.#ofAccount = new Shares(requestsPerSecond === 0 ? 0 : liveGamesPerAccount)
    this.#away = new AwayClocks(shared)
    this.#sweeper = every(shared.clock, sweepMs, () => this.#sweep(Math.ceil(this.#live.size / sweepParts)))
    shared.meter.gauge('live_games', () => this.#live.size)
  }

  get size(): number {
    return this.#live.size
  }

  /** Whether no more games fit into memory, but for those of the server itself. */
  get isFull(): boolean {
    return this.#live.size >= this.#shared.limits.liveGamesMax
  }

  /**
   * The arbiter of a game that may or may not exist; `payer` is who brings it into memory if it is not there. @throws Fault
   * 'unavailable' when memory, or the payer's share of it, is full of busy games.
   */
  of(id: string, payer: Payer): Arbiter {
    const known = this.#live.get(id)
    if (known !== undefined) return known.arbiter
    if (payer !== null) this.#makeRoom(payer)
    const arbiter = new Arbiter(id, this.#shared, this.#host)
    // Before it is read, so that nothing is missed.
    const listening = this.#isAlone ? null : this.#listen(arbiter)
    // What the server looks at by itself still counts for the address that had it last.
    const home = this.#away.leave(id)
    this.#enter({ arbiter, listening, address: payer?.address ?? home, account: payer?.accountId ?? null })
    return arbiter
  }

  /** The arbiter, its game loaded, or as it was last known while the journal cannot be read. @throws Fault 'no-such-game' */
  async load(id: string, payer: Payer): Promise<Arbiter> {
    const arbiter = this.of(id, payer)
    try {
      await arbiter.load()
    } catch (fault) {
      const isUnread = fault instanceof Fault && fault.fault === 'unavailable'
      if (!isUnread || arbiter.game === null) throw fault
    }
    if (arbiter.game === null) {
      // What is nowhere takes no memory until the next sweep.
      this.#forgetIfIdle(id)
      throw new Fault('no-such-game', `there is no game ${id}`)
    }
    return arbiter
  }

  /** Before one more game with a clock begins for this address. @throws Fault 'unavailable' */
  checkClocks(address: string): void {
    this.#away.check(address)
  }

  /** No clock runs any more in a game that is not in memory. */
  stopped(id: string): void {
    this.#away.leave(id)
  }

  /** Whether {@link load} answers from memory. */
  isKnown(id: string): boolean {
    return this.#live.get(id)?.arbiter.isKnown ?? false
  }

  /** The state of a game if it is in memory and known. */
  peek(id: string): Game | null {
    return this.#live.get(id)?.arbiter.game ?? null
  }

  /** As {@link peek}, for those who look at it; null also while it is being read. */
  view(id: string): GameView | null {
    return this.isKnown(id) ? (this.#live.get(id)?.arbiter.change()?.view ?? null) : null
  }

  /** A game that is in memory does what is due in it; false where it is not. */
  attend(id: string): boolean {
    const arbiter = this.#live.get(id)?.arbiter
    if (arbiter === undefined || arbiter.game === null) return false
    arbiter.attend()
    return true
  }

  /** The version behind which the host was told of every change of a live game. */
  toldSince(id: string): number {
    return this.#live.get(id)?.arbiter.toldSince ?? 0
  }

  /** The address from which a player is connected to this game, which it is; null if none is. */
  homeOf(id: string, { players: seats }: Pick<Game, 'players'>): string | null {
    const arbiter = this.#live.get(id)?.arbiter
    for (const player of players) {
      const owner = seats[player]
      const address = owner === null ? undefined : arbiter?.addressOf(owner.id)
      if (address !== undefined && address !== null) return address
    }
    return null
  }

  /** @throws Fault 'unavailable' as {@link of}; every other answer goes to the ask's reply. */
  submit(id: string, ask: PendingCommand): void {
    this.of(id, ask.from).submit(ask)
  }

  /** Submits a command of the server's own, on behalf of `payer`. Resolves when it is acknowledged. @throws Fault */
  async command(id: string, command: Command, payer: Payer = null): Promise<void> {
    const reply = new PromiseReply()
    this.of(id, payer).submit(makeServerCommand(command, reply))
    await reply.promise
  }

  /** Who brought a live game into memory. */
  payerOf(id: string): Payer {
    const live = this.#live.get(id)
    return live === undefined || live.address === null ? null : { address: live.address, accountId: live.account }
  }

  /** Who is at the game on other nodes may have changed. */
  touch(id: string): void {
    this.#live.get(id)?.arbiter.audience?.touch()
  }

  /** Entries that the journal holds now, whoever wrote them. Answers with those that the host was not told of. */
  hear(entries: readonly Entry[]): readonly Entry[] {
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
      arbiter.hear(version, entry && (() => parseBody(entry.body))),
    )
  }

  /** Whether the entry is in its game now, and the host was told. */
  #knows({ game, version, body }: Entry): boolean {
    const arbiter = this.#live.get(game)?.arbiter
    if (arbiter === undefined) return false
    arbiter.hear(version, () => parseBody(body))
    return version <= arbiter.version && version > arbiter.toldSince
  }

  #enter(live: Live): void {
    const { arbiter, address, account } = live
    this.#live.set(arbiter.id, live)
    if (address !== null) this.#ofAddress.enter(address, arbiter.id)
    if (account !== null) this.#ofAccount.enter(account, arbiter.id)
  }

  /** For one more game of this payer. Looks at a few games only: what it does not find, the next request or sweep will. */
  #makeRoom({ address, accountId }: NonNullable<Payer>): void {
    const { liveGamesMax, liveGamesPerAddress, liveGamesPerAccount } = this.#shared.limits
    if (this.#ofAddress.isFull(address) && !this.#forgetOne(this.#ofAddress, address))
      throw this.#refusal(`this address has ${liveGamesPerAddress} games going`, 'end or leave some')
    if (accountId !== null && this.#ofAccount.isFull(accountId) && !this.#forgetOne(this.#ofAccount, accountId))
      throw this.#refusal(`this account has ${liveGamesPerAccount} games going`, 'end or leave some')
    if (this.isFull && !this.#sweep(looksPerRequest))
      throw this.#refusal(`${liveGamesMax} games are live on this server`, 'try another server')
  }

  #refusal(reason: string, advice: string): Fault {
    this.#shared.meter.count('refused_games_total')
    return new Fault('unavailable', `${reason}, the most there may be: ${advice}, or try again later`, { retryAfterMs })
  }

  /** Whether there was an idle one among the next of this owner's. */
  #forgetOne(shares: Shares, owner: string): boolean {
    return shares.next(owner, looksPerRequest).some((id) => this.#forgetIfIdle(id))
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
    this.#away.enter(arbiter.id, address)
    this.#host.forgotten(arbiter.id)
  }

  /** Looks at the next games of all and forgets the idle ones among them. True if there was one. */
  #sweep(looks: number): boolean {
    const now = this.#shared.clock.now()
    let found = false
    for (let left = looks; left > 0; left--) {
      const step = this.#walk.next()
      if (step.done === true) {
        this.#walk = this.#live.values()
      } else if (step.value.arbiter.isIdle(now)) {
        this.#forget(step.value)
        found = true
      }
    }
    return found
  }
}
