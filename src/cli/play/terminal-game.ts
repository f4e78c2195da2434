/** A game as a terminal plays it, either on a server or in this process. */
import type { GameView, Notification, Saying } from '../../client/index.ts'
import type { Mark, OfferKind, Place, Player } from '../../game/index.ts'

/** The state of the connection to the server. */
export type LinkState =
  /** The game needs no server. */
  | { readonly state: 'none' }
  | { readonly state: 'open'; readonly server: string }
  | { readonly state: 'connecting'; readonly server: string }
  | { readonly state: 'waiting'; readonly server: string; readonly seconds: number; readonly reason: string }
  | { readonly state: 'closed'; readonly server: string; readonly reason: string }

export interface TerminalGame {
  /** The state to draw, with this client's unconfirmed moves. */
  readonly view: GameView
  /** The players at this keyboard. */
  readonly mine: readonly Player[]
  /** Whether a command waits for its answer. */
  readonly isPending: boolean
  /** Who is connected; null if unknown, or if there is no server. */
  readonly online: Readonly<Record<Player, boolean>> | null
  readonly link: LinkState
  /** What a player has said in the last seconds; null: nothing. */
  readonly said: Notification<'game.said'> | null
  /** The link for an opponent; null if nobody can join. */
  readonly invitation: string | null
  msLeft(player: Player): number | null
  /** The commands resolve when they are stored, and reject with the reason when they are refused. */
  move(place: Place, mark?: Mark): Promise<unknown>
  resign(): Promise<unknown>
  offer(what: OfferKind): Promise<unknown>
  answer(what: OfferKind, accept: boolean): Promise<unknown>
  say(what: Saying): Promise<unknown>
  /** Clears the board of a game with open seats. */
  restart(): Promise<unknown>
  /** Calls `listener` when any property changes, except for the passing of time. */
  onChange(listener: () => void): void
  close(): void
}

/** The state that a screen shows: the table and the keyboard input. */
export interface TableState extends Pick<
  TerminalGame,
  'view' | 'mine' | 'isPending' | 'online' | 'said' | 'link' | 'invitation'
> {
  readonly cursor: Place
  /** The mark to place, if the rules let the player choose; else null. */
  readonly mark: Mark | null
  /** The part of a place that was typed so far. */
  readonly typed: string
  /** Why the last key had no effect; '' after the next key. */
  readonly notice: string
  /** Whether a resignation waits for confirmation. */
  readonly isConfirming: boolean
  /** Whether the next key chooses what to say. */
  readonly isSaying: boolean
  readonly msLeft: Readonly<Record<Player, number>> | null
}

/** Whether the opponent is another person, on a server. */
export function canSay({ view: { seats, players: seated }, mine }: Pick<TerminalGame, 'view' | 'mine'>): boolean {
  const { X, O } = seated
  const arePeople = X !== null && O !== null && X.bot === undefined && O.bot === undefined && X.id !== O.id
  return seats === 'invite' && mine.length === 1 && arePeople
}

/** Whether a seat is free that must be taken before the first move. */
export function isWaiting({ seats, players: seated, outcome }: GameView): boolean {
  return seats === 'invite' && outcome === null && (seated.X === null || seated.O === null)
}
