/** One game on the page: a handle of the client, as a value that the page draws. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { GameHandle, GameView, Notification, OxoError } from '../../client/index.ts'
import type { Mark, Player } from '../../game/index.ts'

/** Where a game is kept, and who sits at it. bot, screen: in this page. server: by link, against somebody. */
export type Place = 'bot' | 'screen' | 'server'

/** A place as the wire has it: column, row, 0-based. */
export type Spot = readonly [x: number, y: number]

/** How a game stands, all of one moment. */
export interface Standing {
  /** Confirmed. */
  readonly view: GameView
  /** What to draw: the view, and the own moves that wait for an answer. */
  readonly shown: GameView
  /** Where the last mark was placed, also while an offer is talked about. */
  readonly lastMove: Spot | null
  /** The own side; null for a spectator, and at an open board. */
  readonly me: Player | null
  readonly isMyTurn: boolean
  /** A command waits for its answer. */
  readonly isPending: boolean
  readonly presence: Notification<'game.presence'> | null
  /** Why nothing more will be heard. */
  readonly ended: OxoError | null
}

/** How the board was, after which move. */
export interface Past {
  readonly board: string
  readonly lastMove: Spot | null
}

export interface Table {
  readonly place: Place
  readonly handle: GameHandle
  readonly standing: ReadonlySignal<Standing>
  /** The cell that the keyboard is at. */
  readonly cursor: Signal<number>
  /** What the next move places, where the rules let the player choose. */
  readonly mark: Signal<Mark>
  /** An earlier position to show; null: the game as it stands. */
  readonly past: Signal<Past | null>
  /** Hears no more of the game. */
  leave(): void
}

/** `close`: what leaving it means for the handle. */
export function openTable(place: Place, handle: GameHandle, close = (): void => handle.close()): Table {
  const beat = signal(0)
  let lastMove: Spot | null = null
  let drawn = ''
  const stop = handle.onChange(() => void beat.value++)
  const standing = computed<Standing>(() => {
    void beat.value
    const { view, shown, myPlayer, myTurn, pending, presence, ended } = handle
    lastMove = findLastMove(shown, drawn === shown.board ? lastMove : null)
    drawn = shown.board
    return { view, shown, lastMove, me: myPlayer, isMyTurn: myTurn, isPending: pending, presence, ended }
  })
  return {
    place,
    handle,
    standing,
    cursor: signal(firstCursor(handle.view)),
    mark: signal<Mark>('X'),
    past: signal<Past | null>(null),
    leave() {
      stop()
      close()
    },
  }
}

/** A view tells what happened last, which may be something else than a move: then the one `before` stays. */
function findLastMove({ last }: GameView, before: Spot | null): Spot | null {
  if (last?.type !== 'moved' || last.x === undefined || last.y === undefined) return before
  return [last.x, last.y]
}

/** The last move, or the middle. */
function firstCursor({ rules: { width, height }, last }: GameView): number {
  if (last?.x !== undefined && last.y !== undefined) return last.y * width + last.x
  return Math.floor(height / 2) * width + Math.floor(width / 2)
}
