/** The sessions on this node that watch one game, and its presence. Never journaled. */
import type { Game, Player } from '../../game/index.ts'
import type { Deliver, PresenceSource, PresenceTimer } from './presence-timer.ts'
import { type AnyNotification, type Change, SharedNotification } from '../games/change.ts'
import { type Crowd, ClusterPresence as Crowds } from './cluster-presence.ts'
import type { Reply } from '../sessions/reply.ts'
import type { Peers } from '../cluster/peers.ts'

/** A session, as an audience sees it. */
export interface Listener {
  /** Null until the session has an account. */
  readonly accountId: string | null
  /** Its network address, as it counts for limits. */
  readonly address: string
  /**
   * Queues work on an old version of a game, and charges for it: above the rates it is refused. `work` answers through
   * `reply`, or rejects with the fault to answer.
   */
  lookBack(reply: Reply, work: () => Promise<void>): void
  /** It has joined the audience of this game. */
  entered(source: WatchedGame): void
  notify(notification: AnyNotification): void
}

/** A game that a listener watches. */
export interface WatchedGame {
  readonly id: string
  /** The current game. */
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
  /** The current game; null while it is not loaded. */
  game(): Game | null
  /** Presence has been sent to all listeners that needed it. */
  announced(presence: Presence): void
  /** True if presence on other nodes matters though nobody listens here. */
  isAwaiting(): boolean
  /** Nobody listens any more, and nothing is left to send. */
  deserted(): void
}

interface AudienceContext {
  readonly announcements: PresenceTimer<Listener>
  /** The other nodes; null for a single server. */
  readonly peers: Peers | null
}

export class Audience implements PresenceSource<Listener> {
  readonly #game: string
  readonly #timer: PresenceTimer<Listener>
  readonly #host: AudienceHost
  readonly #listeners = new Set<Listener>()
  /** The presence of the same game on other nodes; null for a single server. */
  readonly #crowds: Crowds | null
  #lastMessage = ''
  /** Listeners that have received no presence yet. */
  #newcomers: Listener[] = []

  constructor(game: string, { announcements, peers }: AudienceContext, host: AudienceHost) {
    this.#game = game
    this.#timer = announcements
    this.#host = host
    this.#crowds = peers === null ? null : new Crowds(peers, game)
  }

  get size(): number {
    return this.#listeners.size
  }

  /** The address of a connection with which the account watches this game; null if there is none. */
  addressOf(account: string): string | null {
    for (const listener of this.#listeners) if (listener.accountId === account) return listener.address
    return null
  }

  /** Adds a listener. Idempotent. */
  add(listener: Listener): void {
    if (this.#listeners.has(listener)) return
    this.#listeners.add(listener)
    this.#newcomers.push(listener)
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  /** Notifies every listener, except the one that gets the state as its answer. */
  tell(change: Change, except: Listener | null): void {
    for (const listener of this.#listeners) if (listener !== except) listener.notify(change)
  }

  /** Notifies the connections of the players, except one that gets an answer. */
  tellPlayers(notification: AnyNotification, except: Listener | null): void {
    const seats = this.#host.game()?.players
    for (const listener of this.#listeners) {
      const { accountId } = listener
      if (accountId === null || listener === except) continue
      if (seats?.X?.id === accountId || seats?.O?.id === accountId) listener.notify(notification)
    }
  }

  /** The presence on all nodes. */
  presence(): Presence {
    const here = this.#here()
    return { game: this.#game, ...(this.#crowds?.with(here) ?? here) }
  }

  /** True if the player, who is not online, may be connected to a node that is silent now. */
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

  /** Call when presence may have changed: a session joined, left, sat down or changed its account. */
  touch(): void {
    this.#timer.add(this)
  }

  /** Cancels the announcement and withdraws this node's row. */
  close(): void {
    this.#timer.remove(this)
    this.#crowds?.tell(null)
  }

  /** Sends presence to all listeners if it has changed, else to new listeners only. */
  announce(addMessage: (listener: Listener, deliver: Deliver<Listener>) => void): void {
    this.#crowds?.tell(this.#here())
    const presence = this.presence()
    const notification = new SharedNotification('game.presence', presence, `presence ${this.#game}`)
    const deliver = (listener: Listener): void => {
      if (this.#listeners.has(listener)) listener.notify(notification)
    }
    for (const listener of notification.message === this.#lastMessage ? this.#newcomers : this.#listeners)
      addMessage(listener, deliver)
    this.#lastMessage = notification.message
    this.#newcomers = []
    this.#host.announced(presence)
    if (this.#listeners.size > 0 || this.#host.isAwaiting()) return
    this.close()
    this.#host.deserted()
  }
}
