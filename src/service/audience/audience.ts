/** Who hears of one game on this node, and who of them is a player: presence. Never journaled. */
import type { Game, Player } from '../../game/index.ts'
import type { PresenceSource, Deliver } from './presence-timer.ts'
import { type Change, News } from '../games/change.ts'
import { type Crowd, ClusterPresence as Crowds } from './cluster-presence.ts'
import type { Reply } from '../sessions/reply.ts'
import type { Shared } from '../context.ts'

/** What an audience knows of a session. */
export interface Listener {
  /** Null until somebody is known. */
  readonly accountId: string | null
  /** Where it is: what counts as one address. */
  readonly address: string
  /** Does for it what costs more than a moment, in its turn; answers through `reply`, or rejects with what to answer. */
  later(reply: Reply, work: () => Promise<void>): void
  /** From now on it hears of this game. */
  entered(source: Source): void
  changed(change: Change): void
  presence(news: News<'game.presence'>): void
}

/** Where a listener hears of a game. */
export interface Source {
  readonly id: string
  /** The game as it stands. */
  readonly game: Game | null
  unlisten(listener: Listener): void
  /** The listener has become another account. */
  recognise(): void
}

export interface Presence {
  readonly game: string
  readonly online: Readonly<Record<Player, boolean>>
  readonly watching: number
}

export interface AudienceHost {
  /** The game as it stands, null while it is not known. */
  game(): Game | null
  /** Presence was told where it has changed. */
  announced(presence: Presence): void
  /** Whether it matters who is there on other nodes though nobody is here. */
  isAwaiting(): boolean
  /** Nobody has listened for a while, and nothing is left to be told. */
  deserted(): void
}

export class Audience implements PresenceSource<Listener> {
  readonly #game: string
  readonly #shared: Shared
  readonly #host: AudienceHost
  readonly #listeners = new Set<Listener>()
  /** What other nodes tell of the same game; null where there are no others. */
  readonly #crowds: Crowds | null
  #told = ''
  /** Those who have been told nothing yet. */
  #untold: Listener[] = []

  constructor(game: string, shared: Shared, host: AudienceHost) {
    this.#game = game
    this.#shared = shared
    this.#host = host
    const { peers } = shared
    this.#crowds = peers === null ? null : new Crowds(peers, game)
  }

  get size(): number {
    return this.#listeners.size
  }

  /** Where the account is: the address of a connection that hears of this game; null without one. */
  addressOf(account: string): string | null {
    for (const listener of this.#listeners) if (listener.accountId === account) return listener.address
    return null
  }

  /** Adding twice is adding once. */
  add(listener: Listener): void {
    if (this.#listeners.has(listener)) return
    this.#listeners.add(listener)
    this.#untold.push(listener)
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  /** Tells everybody but the one who gets the state as an answer. */
  tell(change: Change, except: Listener | null): void {
    for (const listener of this.#listeners) if (listener !== except) listener.changed(change)
  }

  /** On all nodes. */
  presence(): Presence {
    const here = this.#here()
    return { game: this.#game, ...(this.#crowds?.with(here) ?? here) }
  }

  /** Whether the player, who is not online, may be so at a node that is not heard of. */
  mayBeOnline(player: Player): boolean {
    return this.#crowds?.mayBeOnline(player) ?? false
  }

  #here(): Crowd {
    const seats = this.#host.game()?.players
    const online = { X: seats?.X?.bot !== undefined, O: seats?.O?.bot !== undefined }
    let watching = 0
    for (const { accountId } of this.#listeners) {
      const ownsX = accountId !== null && seats?.X?.id === accountId
      const ownsO = accountId !== null && seats?.O?.id === accountId
      online.X ||= ownsX
      online.O ||= ownsO
      if (!ownsX && !ownsO) watching++
    }
    return { online, watching }
  }

  /** Presence may have changed: somebody came, went, sat down or said who they are. */
  touch(): void {
    this.#shared.announcements.add(this)
  }

  /** No timer stays behind. */
  close(): void {
    this.#shared.announcements.remove(this)
    this.#crowds?.tell(null)
  }

  /** Presence is told where it has changed, and to each newcomer. */
  announce(tell: (listener: Listener, say: Deliver<Listener>) => void): void {
    this.#crowds?.tell(this.#here())
    const presence = this.presence()
    const news = new News('game.presence', presence)
    const say = (listener: Listener): void => {
      if (this.#listeners.has(listener)) listener.presence(news)
    }
    for (const listener of news.message === this.#told ? this.#untold : this.#listeners) tell(listener, say)
    this.#told = news.message
    this.#untold = []
    this.#host.announced(presence)
    if (this.#listeners.size > 0 || this.#host.isAwaiting()) return
    this.close()
    this.#host.deserted()
  }
}
