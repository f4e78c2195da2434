/** What is beyond the cells of a plain board: how it is shown, and a chosen move that is not made yet. */
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { markFor, placeOf } from '../../game/index.ts'
import { cellAt } from '../board/board.tsx'
import { MarkShape } from '../board/mark.tsx'
import { text } from '../language/more.ts'
import type { PageGame, PageGameState } from '../state/page-game.ts'
import { ui } from '../state/ui.ts'
import { BoardLook, placeStyle } from './board-look.tsx'
import { dropHeldMove, heldCell, makeHeldMove, takeTap } from './held-move.ts'
import { sayPlace } from './place.ts'
import { boardSettings } from './settings.ts'

/** The side of the smallest cell that a finger hits surely. */
const sureCellPixels = 24

export interface BoardOptionsProps {
  readonly table: PageGame
  readonly standing: PageGameState
  /** Whether this is the place below the board; else it is the one over the cells. */
  readonly isBelow?: boolean
}

export function BoardOptions({ isBelow = false, ...props }: BoardOptionsProps) {
  return isBelow ? <Below {...props} /> : <Over {...props} />
}

function Over({ table, standing: { shown, me } }: BoardOptionsProps) {
  const layer = useRef<HTMLDivElement>(null)
  useTaps(layer, table)
  const { rules, turn } = shown
  const player = me ?? turn
  const mark = player === null ? null : markFor(rules, player, rules.marks === 'wild' ? table.mark.value : undefined)
  const cell = heldCell(table)
  return (
    <BoardLook layer={layer} rules={rules} board={table.past.value?.board ?? shown.board}>
      {cell !== null && mark !== null && (
        <div class="held" style={placeStyle(rules, cell)}>
          <MarkShape mark={mark} />
        </div>
      )}
    </BoardLook>
  )
}

/** The button that makes a chosen move. It has its place during the whole game, so that nothing moves. */
function Below({ table, standing: { shown } }: BoardOptionsProps) {
  const { seats, players, rules, turn } = shown
  const isWaiting = seats === 'invite' && (players.X === null || players.O === null)
  if (!boardSettings().confirms || isWaiting) return null
  const cell = heldCell(table)
  return (
    <div class="below">
      {turn !== null && (
        <button type="button" class="button" aria-disabled={cell === null} onClick={() => makeHeldMove(table)}>
          {cell === null ? text('play') : text('playPlace', { place: sayPlace(placeOf(rules, cell)) })}
        </button>
      )}
    </div>
  )
}

/** Takes taps on the board around `layer` before they become moves. Escape drops the chosen move. */
function useTaps(layer: RefObject<HTMLElement | null>, table: PageGame): void {
  useEffect(() => {
    const ending = new AbortController()
    const { signal } = ending
    const take = (event: MouseEvent): void => {
      const cell = cellAt(event.target)
      if (cell === null || !takeTap(table, cell, isSmall(event))) return
      event.stopPropagation()
      table.cursor.value = cell
    }
    layer.current?.parentElement?.addEventListener('click', take, { capture: true, signal })
    const cancel = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape' && ui.dialog.peek() === null) dropHeldMove(table)
    }
    addEventListener('keydown', cancel, { signal })
    return () => {
      ending.abort()
      dropHeldMove(table)
    }
  }, [table])
}

/** Whether a finger has tapped a cell that is too small to hit surely. A mouse shows the cell that it will take. */
function isSmall({ target, detail, pointerType }: MouseEvent & { readonly pointerType?: string }): boolean {
  return pointerType === 'touch' && detail > 0 && target instanceof HTMLElement && target.offsetWidth < sureCellPixels
}
