/** A game for two players at one keyboard, without a server. */
import type { Clock, Timer } from '../../base/index.ts'
import type { GameView } from '../../client/index.ts'
import {
  type Account,
  type Command,
  continueMatch,
  decide,
  evolve,
  type Game,
  isClockRunning,
  type Mark,
  type Match,
  type MatchLength,
  type OfferKind,
  opponent,
  type Place,
  type Player,
  players,
  type Rules,
  scoreMatch,
  startMatch,
  type TimeControl,
} from '../../game/index.ts'
import { makeView } from '../../protocol/index.ts'
import { Stop } from '../../server/stop.ts'
import type { LinkState, TerminalGame } from './terminal-game.ts'

type Owners = Readonly<Record<Player, Account>>

const firstOwners: Owners = { X: { id: 'x', name: 'first' }, O: { id: 'o', name: 'second' } }

export interface HotSeatOptions {
  readonly rules: Rules
  readonly control?: TimeControl | undefined
  readonly match?: MatchLength
  readonly clock: Clock
}

export class HotSeatTable implements TerminalGame {
  readonly mine = players
  readonly isPending = false
  readonly online = null
  readonly said = null
  readonly link: LinkState = { state: 'none' }
  readonly invitation = null
  readonly #options: HotSeatOptions
  #owners: Owners = firstOwners
  #game: Game
  #seenAt: number
  #flag: Timer | null = null
  #changed: () => void = () => {}

  /** @throws Stop if the rules or the clock are invalid. */
  constructor(options: HotSeatOptions) {
    this.#options = options
    this.#seenAt = options.clock.now()
    this.#game = this.#begin(options.match === undefined ? null : startMatch(options.match))
    this.#seen()
  }

  get view(): GameView {
    return makeView('hot-seat', this.#game, this.#elapsedMs())
  }

  msLeft(player: Player): number | null {
    return this.view.clock?.[player] ?? null
  }

  async move({ x, y }: Place, mark?: Mark): Promise<void> {
    this.#do({ type: 'move', x, y, ...this.#speaker(), ...(mark === undefined ? {} : { mark }) })
  }

  async resign(): Promise<void> {
    this.#do({ type: 'resign', ...this.#speaker() })
  }

  /** Both players sit here, so an offer is accepted at once. A takeback undoes the last move. */
  async offer(what: OfferKind): Promise<void> {
    if (what === 'rematch') {
      const { match, outcome } = this.#game
      // In a match the two change sides.
      if (match !== null) this.#owners = { X: this.#owners.O, O: this.#owners.X }
      this.#game = this.#begin(match && continueMatch(scoreMatch(match, outcome)))
      this.#seenAt = this.#options.clock.now()
      return this.#seen()
    }
    const { turn } = this.#game
    if (turn === null) return
    const player = what === 'takeback' ? opponent(turn) : turn
    this.#do({ type: 'offer', what, player, by: this.#owners[player].id })
    // The flag may have fallen first.
    if (this.#game.outcome !== null) return
    const other = opponent(player)
    this.#do({ type: 'answer', what, accept: true, player: other, by: this.#owners[other].id })
  }

  async answer(): Promise<void> {}

  async say(): Promise<void> {}

  async restart(): Promise<void> {}

  onChange(listener: () => void): void {
    this.#changed = listener
  }

  close(): void {
    this.#flag?.cancel()
  }

  #begin(match: Match | null): Game {
    const { rules, control } = this.#options
    const clock = control === undefined ? {} : { clock: control }
    const ofMatch = match === null ? {} : { match }
    const players = this.#owners
    const decision = decide(null, {
      type: 'create',
      rules,
      seats: 'invite',
      public: false,
      players,
      ...clock,
      ...ofMatch,
    })
    if (decision.type === 'event') return evolve(null, decision.event)
    throw new Stop('usage', decision.type === 'rejected' ? `This cannot be played: ${decision.rejection.message}.` : '')
  }

  #speaker(): { readonly player: Player; readonly by: string } {
    const player = this.#game.turn ?? 'X'
    return { player, by: this.#owners[player].id }
  }

  /** Decides a command and applies its event. @throws Error with the reason of a rejection. */
  #do(command: Exclude<Command, { type: 'create' }>): void {
    const elapsedMs = Math.floor(this.#elapsedMs())
    const decision = decide(this.#game, { ...command, elapsedMs })
    if (decision.type === 'rejected') throw new Error(decision.rejection.message)
    // The fraction of a millisecond that was not charged counts towards the next move.
    if (decision.type === 'event') this.#seenAt += elapsedMs
    if (decision.type === 'event') this.#game = evolve(this.#game, decision.event)
    this.#seen()
  }

  #seen(): void {
    const { clock } = this.#options
    const { turn } = this.#game
    this.#flag?.cancel()
    const left = turn === null ? null : this.msLeft(turn)
    if (left !== null) this.#flag = clock.after(left + 1, () => this.#do({ type: 'flag' }))
    this.#changed()
  }

  #elapsedMs(): number {
    return isClockRunning(this.#game) ? this.#options.clock.now() - this.#seenAt : 0
  }
}
