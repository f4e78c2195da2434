/**
 * What is beyond the cells of a plain board: coordinates, a look, a chosen move that is not made yet; the frame and star
 * points of a large board; the slots of one where marks fall.
 */
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { empty, markFor, placeOf, type Rules } from '../../game/index.ts'
import { cellAt } from '../board/board.tsx'
import { isLarge } from '../board/board-stage.tsx'
import { MarkShape } from '../board/mark.tsx'
import { text } from '../language/more.ts'
import type { PageGame, PageGameState } from '../state/page-game.ts'
import { ui } from '../state/ui.ts'
import { dropHeldMove, heldCell, makeHeldMove, takeTap } from './held-move.ts'
import frame from './frame.css?inline'
import style from './options.css?inline'
import { sayPlace } from './place.ts'
import { boardSettings } from './settings.ts'
import { starsOf } from './stars.ts'
import themes from './themes.css?inline'

/** The side of the smallest cell that a finger hits surely. */
const sureCellPixels = 24

// No `style` element: the policy of the page forbids one that the document does not contain.
const sheet = new CSSStyleSheet()
sheet.replaceSync(style + themes + frame)
document.adoptedStyleSheets.push(sheet)

export interface BoardOptionsProps {
  readonly table: PageGame
  readonly standing: PageGameState
  /** Whether this is the place below the board; else it is the one over the cells. */
  readonly isBelow?: boolean
}

export function BoardOptions({ isBelow = false, ...props }: BoardOptionsProps) {
  return isBelow ? <Below {...props} /> : <Over {...props} />
}

/** Hidden from screen readers: each cell says its column and row. */
function Over({ table, standing: { shown, me } }: BoardOptionsProps) {
  const layer = useRef<HTMLDivElement>(null)
  useTaps(layer, table)
  const { theme, coordinates } = boardSettings()
  const { rules, turn } = shown
  const player = me ?? turn
  const mark = player === null ? null : markFor(rules, player, rules.marks === 'wild' ? table.mark.value : undefined)
  const cell = heldCell(table)
  return (
    <>
      {coordinates !== 'off' && (coordinates === 'beside' || isLarge(rules)) && <Beside rules={rules} />}
      <div ref={layer} class={['options', `theme-${theme}`, ...shapeOf(rules)].join(' ')} dir="ltr" aria-hidden="true">
        {!rules.gravity && <Stars rules={rules} board={table.past.value?.board ?? shown.board} />}
        {coordinates === 'cells' && !isLarge(rules) && <OnCells rules={rules} />}
        {cell !== null && mark !== null && (
          <div class="held" style={placeStyle(rules, cell)}>
            <MarkShape mark={mark} />
          </div>
        )}
      </div>
    </>
  )
}

/** Stays in sight on a zoomed board. */
function Beside({ rules: { width, height } }: { readonly rules: Rules }) {
  return (
    <>
      <div class="beside columns" dir="ltr" aria-hidden="true">
        {Array.from({ length: width }, (_, x) => (
          <span key={x}>{x}</span>
        ))}
      </div>
      <div class="beside rows" dir="ltr" aria-hidden="true">
        {Array.from({ length: height }, (_, y) => (
          <span key={y}>{y}</span>
        ))}
      </div>
      <div class="beside corner" dir="ltr" aria-hidden="true" />
    </>
  )
}

function OnCells({ rules }: { readonly rules: Rules }) {
  return Array.from({ length: rules.width * rules.height }, (_, cell) => (
    <span key={cell} style={placeStyle(rules, cell)}>
      {sayPlace(placeOf(rules, cell))}
    </span>
  ))
}

function shapeOf(rules: Rules): readonly string[] {
  if (rules.gravity) return ['slots']
  return isLarge(rules) ? ['large'] : []
}

/** On empty cells: a mark says where it is. */
function Stars({ rules, board }: { readonly rules: Rules; readonly board: string }) {
  return starsOf(rules)
    .filter((cell) => board[cell] === empty)
    .map((cell) => <i key={cell} class="star" style={placeStyle(rules, cell)} />)
}

function placeStyle(rules: Rules, cell: number): Readonly<Record<string, string>> {
  const { x, y } = placeOf(rules, cell)
  return { '--x': String(x), '--y': String(y) }
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
