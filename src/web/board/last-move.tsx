/** Brings the last move into sight on a zoomed board, and shows where it is if the visitor looks elsewhere. */
import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { text } from '../language/more.ts'
import type { StageProps } from './board-stage.tsx'

/** A point: in pixels of the frame, or as fractions of the board's sides. */
export interface Anchor {
  readonly x: number
  readonly y: number
}

export interface LastMove {
  /** The direction in degrees in which the last move is out of sight; null if it is in sight. */
  readonly away: Signal<number | null>
  /** To be called when the board has scrolled. */
  readonly look: () => void
  /** Scrolls to the last move. */
  readonly bring: () => void
}

/** @param isMoving whether a pointer is down: then a new move does not scroll the board. */
export function useLastMove(
  frame: RefObject<HTMLElement | null>,
  isMoving: { readonly current: boolean },
  { columns, rows, last }: Pick<StageProps, 'columns' | 'rows' | 'last'>,
): LastMove {
  const away = useSignal<number | null>(null)
  const point: Anchor | null = last === null ? null : { x: (last[0] + 0.5) / columns, y: (last[1] + 0.5) / rows }
  const look = (): void => {
    away.value = frame.current === null || point === null ? null : directionTo(frame.current, point)
  }
  const bring = (): void => {
    if (frame.current !== null && point !== null) scrollToPoint(frame.current, point, 'smooth')
  }
  useEffect(() => {
    look()
    if (away.value !== null && !isMoving.current) bring()
  }, [last?.[0], last?.[1]])
  return { away, look, bring }
}

/** An arrow towards the last move while it is out of sight. */
export function LastMoveButton({ lastMove: { away, bring } }: { readonly lastMove: LastMove }) {
  if (away.value === null) return null
  return (
    <button
      type="button"
      class="button find-last"
      aria-label={text('showLastMove')}
      style={{ '--direction': `${away.value}deg` }}
      onClick={bring}
    >
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path d="M4 10h11M11 5l5 5-5 5" />
      </svg>
    </button>
  )
}

/** Scrolls a point of the board, given as fractions of its sides, to the middle of the frame. */
export function scrollToPoint(frame: HTMLElement, { x, y }: Anchor, behavior: ScrollBehavior = 'instant'): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  frame.scrollTo({
    left: x * frame.scrollWidth - frame.clientWidth / 2,
    top: y * frame.scrollHeight - frame.clientHeight / 2,
    behavior: isCalm ? 'instant' : behavior,
  })
}

/** The direction from the middle of the frame to a point of the board that it does not show; null if it shows it. */
function directionTo(frame: HTMLElement, { x, y }: Anchor): number | null {
  const { clientWidth, clientHeight, scrollLeft, scrollTop, scrollWidth, scrollHeight } = frame
  const [left, top] = [x * scrollWidth - scrollLeft, y * scrollHeight - scrollTop]
  if (left >= 0 && left <= clientWidth && top >= 0 && top <= clientHeight) return null
  return (Math.atan2(top - clientHeight / 2, left - clientWidth / 2) * 180) / Math.PI
}
