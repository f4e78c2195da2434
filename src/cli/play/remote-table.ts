/** A game on a server. An accepted rematch replaces it automatically. */
import type { Client, GameHandle, GameView, Notification, Saying } from '../../client/index.ts'
import { systemClock, type Timer } from '../../base/index.ts'
import { type Mark, type OfferKind, type Place, type Player, players } from '../../game/index.ts'
import { makeLink } from '../address.ts'
import type { LinkState, TerminalGame } from './terminal-game.ts'

/** How long a saying is shown, in ms. */
const saidMs = 8_000

export class RemoteTable implements TerminalGame {
  readonly #client: Client
  readonly #server: string
  readonly #stops: (() => void)[] = []
  #handle: GameHandle
  #changed: () => void = () => {}
  /** The id of the rematch that is being opened to replace this game. */
  #next: string | null = null
  #said: Notification<'game.said'> | null = null
  #silence: Timer | null = null

  constructor(client: Client, server: string, handle: GameHandle) {
    this.#client = client
    this.#server = server
    this.#handle = handle
    this.#stops.push(
      client.onState(() => this.#changed()),
      handle.onChange(() => this.#heard()),
      handle.onSaid((said) => this.#hearSaid(said)),
    )
  }

  get view(): GameView {
    return this.#handle.shown
  }

  get mine(): readonly Player[] {
    const { seats } = this.view
    if (seats === 'open') return players
    const me = this.#handle.myPlayer
    return me === null ? [] : [me]
  }

  get isPending(): boolean {
    return this.#handle.pending
  }

  get online(): Readonly<Record<Player, boolean>> | null {
    return this.#handle.presence?.online ?? null
  }

  get said(): Notification<'game.said'> | null {
    return this.#said
  }

  get link(): LinkState {
    const server = this.#server
    const { state } = this.#client
    switch (state.state) {
      case 'open':
      case 'connecting':
        return { state: state.state, server }
      case 'waiting': {
        const seconds = Math.max(0, Math.ceil((state.retryAt - systemClock.now()) / 1000))
        return { state: 'waiting', server, seconds, reason: state.reason }
      }
      case 'closed':
        return { state: 'closed', server, reason: state.error?.message ?? 'the game was left' }
    }
  }

  get invitation(): string | null {
    return makeLink({ server: this.#server }, this.#handle.id)
  }

  msLeft(player: Player): number | null {
    return this.#handle.msLeft(player)
  }

  move({ x, y }: Place, mark?: Mark): Promise<unknown> {
    return this.#handle.move(x, y, { mark })
  }

  resign(): Promise<unknown> {
    return this.#handle.resign()
  }

  offer(what: OfferKind): Promise<unknown> {
    return this.#handle.offer(what)
  }

  answer(what: OfferKind, accept: boolean): Promise<unknown> {
    return this.#handle.answer(what, accept)
  }

  say(what: Saying): Promise<unknown> {
    return this.#handle.say(what)
  }

  restart(): Promise<unknown> {
    return this.#handle.restart()
  }

  onChange(listener: () => void): void {
    this.#changed = listener
  }

  close(): void {
    for (const stop of this.#stops) stop()
    this.#silence?.cancel()
  }

  #heard(): void {
    const { next } = this.#handle.view
    if (next !== undefined && next !== this.#next && this.mine.length > 0) void this.#follow(next)
    this.#changed()
  }

  #hearSaid(said: Notification<'game.said'> | null): void {
    this.#silence?.cancel()
    this.#silence = said === null ? null : systemClock.after(saidMs, () => this.#hearSaid(null))
    this.#said = said
    this.#changed()
  }

  async #follow(next: string): Promise<void> {
    this.#next = next
    try {
      const before = this.#handle
      this.#handle = await this.#client.game(next)
      this.#stops.push(
        this.#handle.onChange(() => this.#heard()),
        this.#handle.onSaid((said) => this.#hearSaid(said)),
      )
      before.close()
      this.#changed()
    } catch {
      // The next change of the old game tries again; until then the finished game stays shown.
      this.#next = null
    }
  }
}
