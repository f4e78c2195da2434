/** The live games of one node: found by id, loaded when asked for, forgotten when idle. */
import type { Timer } from '../base/index.ts'
import type { Command, Game } from '../game/index.ts'
import type { Entry } from '../journal/index.ts'
import { Fault, parseBody } from '../protocol/index.ts'
import { Arbiter } from './arbiter.ts'
import type { ArbiterHost } from './arbiter-host.ts'
import { type Ask, ownAsk } from './ask.ts'
import { PromiseReply } from './reply.ts'
import type { Shared } from './shared.ts'

export interface GamesHost extends ArbiterHost {
  /** A game has left memory. */
  forgotten(id: string): void
}

/** How often idle games are looked for, and what part of all games one look takes. */
const sweepMs = 1_000
const sweepParts = 30

export class Games {
  readonly #shared: Shared
  readonly #host: GamesHost
  readonly #live = new Map<string, Arbiter>()
  #sweeper: Timer
  #walk: IterableIterator<Arbiter> = this.#live.values()

  constructor(shared: Shared, host: GamesHost) {
    this.#shared = shared
    this.#host = host
    this.#sweeper = this.#sweepLater()
    shared.meter.gauge('live_games', () => this.#live.size)
  }

  get size(): number {
    return this.#live.size
  }

  /** The arbiter of a game that may or may not exist. @throws Fault 'unavailable' when memory is full of busy games. */
  of(id: string): Arbiter {
    const known = this.#live.get(id)
    if (known !== undefined) return known
    if (this.#live.size >= this.#shared.limits.liveGamesMax && !this.#sweep(sweepParts))
      throw new Fault('unavailable', 'too many games are live on this server')
    const arbiter = new Arbiter(id, this.#shared, this.#host)
    this.#live.set(id, arbiter)
    return arbiter
  }

  /** The arbiter, its game loaded, or as it was last known while the journal cannot be read. @throws Fault 'no-such-game' */
  async load(id: string): Promise<Arbiter> {
    const arbiter = this.of(id)
    try {
      await arbiter.load()
    } catch (fault) {
      const isUnread = fault instanceof Fault && fault.fault === 'unavailable'
      if (!isUnread || arbiter.game === null) throw fault
    }
    if (arbiter.game === null) throw new Fault('no-such-game', `there is no game ${id}`)
    return arbiter
  }

  /** The state of a game if it is in memory and known. */
  peek(id: string): Game | null {
    return this.#live.get(id)?.game ?? null
  }

  /** The version behind which the host was told of every change of a live game. */
  toldSince(id: string): number {
    return this.#live.get(id)?.toldSince ?? 0
  }

  /** Whether the account is connected to this game. */
  isPresent(id: string, account: string): boolean {
    return this.#live.get(id)?.isPresent(account) ?? false
  }

  /** @throws Fault 'unavailable' as {@link of}; every other answer goes to the ask's reply. */
  submit(id: string, ask: Ask): void {
    this.of(id).submit(ask)
  }

  /** Submits a command of the server's own. Resolves when it is acknowledged. @throws Fault */
  async command(id: string, command: Command): Promise<void> {
    const reply = new PromiseReply()
    this.submit(id, ownAsk(command, reply))
    await reply.promise
  }

  /** Another node may have missed who is here. */
  repeatPresence(): void {
    for (const arbiter of this.#live.values()) arbiter.audience?.repeat()
  }

  /** Nothing is known any more of who is on another node. */
  losePresence(node: string): void {
    for (const arbiter of this.#live.values()) arbiter.audience?.lose(node)
  }

  /** Entries that the journal holds now, whoever wrote them. Answers with those that the host was not told of. */
  hear(entries: readonly Entry[]): readonly Entry[] {
    return entries.filter((entry) => !this.#knows(entry))
  }

  close(): void {
    this.#sweeper.cancel()
    for (const arbiter of this.#live.values()) arbiter.close()
    this.#live.clear()
  }

  /** Whether the entry is in its game now, and the host was told. */
  #knows({ game, version, body }: Entry): boolean {
    const arbiter = this.#live.get(game)
    if (arbiter === undefined) return false
    if (version > arbiter.version) arbiter.hear(version, () => parseBody(body))
    return version <= arbiter.version && version > arbiter.toldSince
  }

  #sweepLater(): Timer {
    return this.#shared.clock.after(sweepMs, () => {
      this.#sweep(1)
      this.#sweeper = this.#sweepLater()
    })
  }

  /** Looks at some parts of all games and forgets the idle ones among them. True if there was one. */
  #sweep(parts: number): boolean {
    const now = this.#shared.clock.now()
    let found = false
    for (let left = Math.ceil((this.#live.size * parts) / sweepParts); left > 0; left--) {
      const step = this.#walk.next()
      if (step.done === true) {
        this.#walk = this.#live.values()
      } else if (step.value.isIdle(now)) {
        step.value.close()
        this.#live.delete(step.value.id)
        this.#host.forgotten(step.value.id)
        found = true
      }
    }
    return found
  }
}
