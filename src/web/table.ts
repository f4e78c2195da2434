/** One game on the page: a handle of the client, as a value that the page draws. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { GameHandle, GameView, Notification, OxoError } from '../client/index.ts'
import type { Mark, Player } from '../game/index.ts'

/** Where a game is kept, and who sits at it. bot, screen: in this page. server: by link, against somebody. */
export type Place = 'bot' | 'screen' | 'server'

/** How a game stands, all of one moment. */
export interface Standing {
  /** Confirmed. */
  readonly view: GameView
  /** What to draw: the view, and the own moves that wait for an answer. */
  readonly shown: GameView
  /** The own side; null for a spectator, and at an open board. */
  readonly me: Player | null
  readonly isMyTurn: boolean
  /** A command waits for its answer. */
  readonly isPending: boolean
  readonly presence: Notification<'game.presence'> | null
  /** Why nothing more will be heard. */
  readonly ended: OxoError | null
}

export interface Table {
  readonly place: Place
  readonly handle: GameHandle
  readonly standing: ReadonlySignal<Standing>
  /** The cell that the keyboard is at. */
  readonly cursor: Signal<number>
  /** What the next move places, where the rules let the player choose. */
  readonly mark: Signal<Mark>
  /** How many moves of the game to show; null: as it stands. */
  readonly step: Signal<number | null>
  /** Hears no more of the game. */
  leave(): void
}

export function openTable(place: Place, handle: GameHandle): Table {
  const beat = signal(0)
  const stop = handle.onChange(() => void beat.value++)
  const standing = computed<Standing>(() => {
    void beat.value
    const { view, shown, myPlayer, myTurn, pending, presence, ended } = handle
    return { view, shown, me: myPlayer, isMyTurn: myTurn, isPending: pending, presence, ended }
  })
  return {
    place,
    handle,
    standing,
    cursor: signal(middleOf(handle.view)),
    mark: signal<Mark>('X'),
    step: signal<number | null>(null),
    leave() {
      stop()
      handle.close()
    },
  }
}

function middleOf({ rules: { width, height } }: GameView): number {
  return Math.floor(height / 2) * width + Math.floor(width / 2)
}
