/** A game as a terminal plays it, whether a server keeps it or this process. */
import type { GameView } from '../../client/index.ts'
import type { Mark, OfferKind, Place, Player } from '../../game/index.ts'

/** How it stands with the server. */
export type LinkState =
  /** There is none, and none is needed. */
  | { readonly state: 'none' }
  | { readonly state: 'open'; readonly server: string }
  | { readonly state: 'connecting'; readonly server: string }
  | { readonly state: 'waiting'; readonly server: string; readonly seconds: number; readonly reason: string }
  | { readonly state: 'closed'; readonly server: string; readonly reason: string }

export interface Table {
  /** What to draw: own moves that are not confirmed yet are on it. */
  readonly view: GameView
  /** The sides that are played at this keyboard. */
  readonly mine: readonly Player[]
  /** Whether something asked has no answer yet. */
  readonly isPending: boolean
  /** Who is connected; null where that is not known, or not a question. */
  readonly online: Readonly<Record<Player, boolean>> | null
  readonly link: LinkState
  /** What a friend needs to come here; null where nobody can come. */
  readonly invitation: string | null
  msLeft(player: Player): number | null
  /** Resolve when it is stored; reject with the reason when it is refused. */
  move(place: Place, mark?: Mark): Promise<unknown>
  resign(): Promise<unknown>
  offer(what: OfferKind): Promise<unknown>
  answer(what: OfferKind, accept: boolean): Promise<unknown>
  /** Begins anew, where nobody owns the seats. */
  restart(): Promise<unknown>
  /** Called when anything here reads differently, time left apart. */
  onChange(listener: () => void): void
  close(): void
}

/** What a screen shows of a table, and of the hands at it. */
export interface TableState extends Pick<Table, 'view' | 'mine' | 'isPending' | 'online' | 'link' | 'invitation'> {
  readonly cursor: Place
  /** The mark to be put, where the rules let the player choose. */
  readonly mark: Mark | null
  /** What has been typed of a place. */
  readonly typed: string
  /** Why the last wish was not granted; '' once another was made. */
  readonly notice: string
  /** Whether it was asked if the game is to be given up. */
  readonly isConfirming: boolean
  readonly msLeft: Readonly<Record<Player, number>> | null
}

/** A seat is free, and must be taken before anybody moves. */
export function isWaiting({ seats, players: seated, outcome }: GameView): boolean {
  return seats === 'invite' && outcome === null && (seated.X === null || seated.O === null)
}
