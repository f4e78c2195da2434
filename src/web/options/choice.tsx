/** A chosen move that is not made yet: its mark over the cells, and the button below the board that makes it. */
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { type Mark, placeOf } from '../../game/index.ts'
import { cellAt } from '../board/board.tsx'
import { MarkShape } from '../board/mark.tsx'
import { text } from '../language/more.ts'
import { ui } from '../state/ui.ts'
import { BoardLook, placeStyle } from './board-look.tsx'
import { type ChoiceBoard, dropHeldMove, heldCell, makeHeldMove, takeTap } from './held-move.ts'
import { sayPlace } from './place.ts'
import { boardSettings } from './settings.ts'

/** The side of the smallest cell that a finger hits surely. */
const sureCellPixels = 24

interface OverProps {
  readonly on: ChoiceBoard
  /** The board that is shown: that of the choice, or an earlier one. */
  readonly board: string
  /** The mark of the next move; null if there is none. */
  readonly mark: Mark | null
}

/** What is over the cells. */
export function ChoiceOver({ on, board, mark }: OverProps) {
  const layer = useRef<HTMLDivElement>(null)
  useTaps(layer, on)
  const { rules } = on.position()
  const cell = heldCell(on)
  return (
    <BoardLook layer={layer} rules={rules} board={board}>
      {cell !== null && mark !== null && (
        <div class="held" style={placeStyle(rules, cell)}>
          <MarkShape mark={mark} />
        </div>
      )}
    </BoardLook>
  )
}

interface BelowProps {
  readonly on: ChoiceBoard
  /** Whether moves follow, so that there is a button; its place is there during the whole game, so that nothing moves. */
  readonly isOn: boolean
}

export function ChoiceBelow({ on, isOn }: BelowProps) {
  if (!boardSettings().confirms) return null
  const cell = heldCell(on)
  return (
    <div class="below">
      {isOn && (
        <button type="button" class="button" aria-disabled={cell === null} onClick={() => makeHeldMove(on)}>
          {cell === null ? text('play') : text('playPlace', { place: sayPlace(placeOf(on.position().rules, cell)) })}
        </button>
      )}
    </div>
  )
}

/** Takes taps on the board around `layer` before they become moves. Escape drops the chosen move. */
function useTaps(layer: RefObject<HTMLElement | null>, on: ChoiceBoard): void {
  useEffect(() => {
    const ending = new AbortController()
    const { signal } = ending
    const take = (event: MouseEvent): void => {
      const cell = cellAt(event.target)
      if (cell === null || !takeTap(on, cell, isSmall(event))) return
      event.stopPropagation()
      on.cursor.value = cell
    }
    layer.current?.parentElement?.addEventListener('click', take, { capture: true, signal })
    const cancel = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape' && ui.dialog.peek() === null) dropHeldMove(on)
    }
    addEventListener('keydown', cancel, { signal })
    return () => {
      ending.abort()
      dropHeldMove(on)
    }
  }, [on.of])
}

/** Whether a finger has tapped a cell that is too small to hit surely. A mouse shows the cell that it will take. */
function isSmall({ target, detail, pointerType }: MouseEvent & { readonly pointerType?: string }): boolean {
  return pointerType === 'touch' && detail > 0 && target instanceof HTMLElement && target.offsetWidth < sureCellPixels
}
