/** One game on the page: a client's handle as reactive values. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { GameHandle, GameView, Notification, OxoError } from '../../client/index.ts'
import type { Mark, Player } from '../../game/index.ts'

/**
 * Where a game runs. bot: in this page, against a bot. screen: in this page, two players at one screen. server: online.
 */
export type GamePlace = 'bot' | 'screen' | 'server'

/** A place as on the wire: column and row, both 0-based. */
export type Spot = readonly [x: number, y: number]

/** A consistent snapshot of a game. */
export interface PageGameState {
  /** The confirmed state. */
  readonly view: GameView
  /** The state to draw: the view plus the visitor's unconfirmed moves. */
  readonly shown: GameView
  /** The place of the last mark, even if later events were no moves. */
  readonly lastMove: Spot | null
  /** The visitor's player; null for a spectator and in a game with open seats. */
  readonly me: Player | null
  readonly isMyTurn: boolean
  /** Whether a command waits for its answer. */
  readonly isPending: boolean
  readonly presence: Notification<'game.presence'> | null
  /** Why the handle ended; null while it is in use. */
  readonly ended: OxoError | null
}

/** An earlier position and the move that led to it. */
export interface Past {
  readonly board: string
  readonly lastMove: Spot | null
}

/** The best moves of a position. */
export interface BestMoves {
  readonly board: string
  /** For each cell: a dot, or `*` for a best move, or the mark if only one of two marks is best there. */
  readonly cells: string
}

export interface PageGame {
  readonly place: GamePlace
  readonly handle: GameHandle
  readonly standing: ReadonlySignal<PageGameState>
  /** The cell of the keyboard cursor. */
  readonly cursor: Signal<number>
  /** The mark of the next move, if the rules let the player choose. */
  readonly mark: Signal<Mark>
  /** An earlier position to show; null shows the current one. */
  readonly past: Signal<Past | null>
  /** The best moves to draw while their position is shown. */
  readonly best: Signal<BestMoves | null>
  /** Stops following the game. A second call does nothing: the same handle may have other followers. */
  leave(): void
}

/** @param close called by `leave`; by default it closes the handle. */
export function openTable(place: GamePlace, handle: GameHandle, close = (): void => handle.close()): PageGame {
  const beat = signal(0)
  let lastMove: Spot | null = null
  let drawn = ''
  let isLeft = false
  const stop = handle.onChange(() => void beat.value++)
  const standing = computed<PageGameState>(() => {
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
    best: signal<BestMoves | null>(null),
    leave() {
      if (isLeft) return
      isLeft = true
      stop()
      close()
    },
  }
}

/** The place of the last move. If the last event was no move, it is still `before`. */
function findLastMove({ last }: GameView, before: Spot | null): Spot | null {
  if (last?.type !== 'moved' || last.x === undefined || last.y === undefined) return before
  return [last.x, last.y]
}

/** The cell of the last move, or the middle of the board. */
function firstCursor({ rules: { width, height }, last }: GameView): number {
  if (last?.x !== undefined && last.y !== undefined) return last.y * width + last.x
  return Math.floor(height / 2) * width + Math.floor(width / 2)
}
