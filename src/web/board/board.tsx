/**
 * A board as an ARIA grid: one tab stop, arrow keys inside, every cell labelled. It does not know the rules of play.
 */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { land, placeOf, type Rules } from '../../game/index.ts'
import { language } from '../language/text.ts'
import type { Spot } from '../state/page-game.ts'
import { titleOfRules } from '../words.ts'
import { moveCursor } from './keys.ts'
import { Row } from './row.tsx'
import { Strike } from './strike.tsx'

export interface BoardProps {
  readonly rules: Rules
  /** Row-major: X, O, or a dot. */
  readonly board: string
  /** The board without unconfirmed moves. */
  readonly confirmed: string
  readonly last: Spot | null
  readonly line: readonly Spot[] | null
  /** The best moves to draw, as in `BestMoves`; empty for none. */
  readonly best: string
  readonly cursor: number
  /** Whether a tap places a mark now. */
  readonly canPlay: boolean
  readonly onCursor: (cell: number) => void
  readonly onPlay: (cell: number) => void
  /** What is drawn over the cells. */
  readonly children: ComponentChildren
}

export function Board(props: BoardProps) {
  const { rules, board, confirmed, last, line, best, cursor, canPlay } = props
  const { width, height } = rules
  const grid = useRef<HTMLDivElement>(null)
  /** The cell under the mouse; null if there is none. */
  const pointed = useSignal<number | null>(null)
  const target = canPlay && pointed.value !== null ? land(rules, board, placeOf(rules, pointed.value)) : null
  return (
    <div class={width > 8 ? 'board dense' : 'board'} style={{ '--columns': String(width), '--rows': String(height) }}>
      <div
        ref={grid}
        role="grid"
        class={line === null ? 'cells' : 'cells over'}
        dir="ltr"
        aria-label={titleOfRules(rules)}
        aria-rowcount={height}
        aria-colcount={width}
        onPointerOver={({ target: over, pointerType }) => {
          if (pointerType === 'mouse') pointed.value = cellAt(over)
        }}
        onPointerLeave={({ pointerType }) => {
          if (pointerType === 'mouse') pointed.value = null
        }}
        onClick={(event) => {
          const cell = cellAt(event.target)
          if (cell === null) return
          props.onCursor(cell)
          pointed.value = null
          props.onPlay(cell)
        }}
        onKeyDown={(event) => {
          const next = moveCursor(rules, cursor, event)
          if (next === null) return
          event.preventDefault()
          props.onCursor(next)
          grid.current?.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus()
        }}
      >
        {Array.from({ length: height }, (_, y) => (
          <Row
            key={y}
            y={y}
            marks={board.slice(y * width, (y + 1) * width)}
            confirmed={confirmed.slice(y * width, (y + 1) * width)}
            best={best.slice(y * width, (y + 1) * width)}
            lastX={last?.[1] === y ? last[0] : -1}
            lineXs={(line ?? []).flatMap(([lineX, lineY]) => (lineY === y ? lineX : [])).join(' ')}
            targetX={target !== null && Math.floor(target / width) === y ? target % width : -1}
            cursorX={Math.floor(cursor / width) === y ? cursor % width : -1}
            language={language.value}
          />
        ))}
      </div>
      {line !== null && <Strike rules={rules} board={board} line={line} />}
      {props.children}
    </div>
  )
}

/** The cell of a board in which an event happened; null if it was in none. */
export function cellAt(target: EventTarget | null): number | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-cell]')?.dataset['cell'] : undefined
  return cell === undefined ? null : Number(cell)
}
