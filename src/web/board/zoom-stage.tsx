/** The area of a large board, which can be zoomed. The user moves by scrolling. */
import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { text } from '../language/more.ts'
import type { StageProps } from './board-stage.tsx'
import { type Anchor, LastMoveButton, scrollToPoint, useLastMove } from './last-move.tsx'
import { clampZoom, firstZoom, type Fit, isWorthZooming } from './zoom.ts'

const step = 1.4
/** A mouse that is pressed and moves this far drags the board. */
const dragPixels = 6

export function ZoomStage({ columns, rows, focus, last, children }: StageProps) {
  const frame = useRef<HTMLDivElement>(null)
  const isMoving = useRef(false)
  const zoom = useSignal(1)
  const fit = useSignal<Fit>({ cellPixels: Infinity, isTouched: false })
  const zoomTo = (wanted: number, anchor?: Anchor): void => {
    if (frame.current === null) return
    zoom.value = clampZoom(wanted, fit.value)
    applyZoom(frame.current, zoom.value, anchor)
  }
  useLayoutEffect(() => {
    if (frame.current === null) return
    fit.value = measure(frame.current, columns)
    zoomTo(firstZoom(fit.value))
    scrollToPoint(frame.current, {
      x: ((focus % columns) + 0.5) / columns,
      y: (Math.floor(focus / columns) + 0.5) / rows,
    })
    return listen(frame.current, isMoving, (factor, anchor) => zoomTo(zoom.peek() * factor, anchor))
  }, [columns, rows])
  const lastMove = useLastMove(frame, isMoving, { columns, rows, last })
  return (
    <div class="stage">
      <div
        ref={frame}
        onScroll={lastMove.look}
        class={zoom.value > 1 ? 'frame zoomed' : 'frame'}
        onKeyDown={({ key }) => {
          if (key === '+') zoomTo(zoom.value * step)
          if (key === '-') zoomTo(zoom.value / step)
          if (key === '0') zoomTo(1)
        }}
      >
        {children}
      </div>
      <LastMoveButton lastMove={lastMove} />
      {isWorthZooming(fit.value) && (
        <div class="zoom">
          <button
            type="button"
            class="button"
            aria-label={text('zoomOut')}
            disabled={zoom.value <= 1}
            onClick={() => zoomTo(zoom.value / step)}
          >
            −
          </button>
          <button type="button" class="button" disabled={zoom.value <= 1} onClick={() => zoomTo(1)}>
            {text('zoomFit')}
          </button>
          <button type="button" class="button" aria-label={text('zoomIn')} onClick={() => zoomTo(zoom.value * step)}>
            +
          </button>
        </div>
      )}
    </div>
  )
}

function measure(frame: HTMLElement, columns: number): Fit {
  frame.style.setProperty('--zoom', '1')
  const board = frame.firstElementChild
  return {
    cellPixels: (board?.getBoundingClientRect().width ?? 0) / columns,
    isTouched: matchMedia('(pointer: coarse)').matches,
  }
}

function applyZoom(frame: HTMLElement, zoom: number, anchor?: Anchor): void {
  const { clientWidth, clientHeight, scrollLeft, scrollTop } = frame
  const { x, y } = anchor ?? { x: clientWidth / 2, y: clientHeight / 2 }
  const before = { width: frame.scrollWidth, height: frame.scrollHeight }
  frame.style.setProperty('--zoom', String(zoom))
  frame.scrollLeft = ((scrollLeft + x) / before.width) * frame.scrollWidth - x
  frame.scrollTop = ((scrollTop + y) / before.height) * frame.scrollHeight - y
}

/**
 * Zooms by two fingers or by Ctrl and the wheel, which is also what a touchpad's pinch sends, and moves by dragging with
 * a mouse. `isMoving` is true while a pointer is down. Returns a function that stops it.
 */
function listen(
  frame: HTMLElement,
  isMoving: { current: boolean },
  zoomBy: (factor: number, anchor: Anchor) => void,
): () => void {
  let spread = 0
  let grip: { readonly x: number; readonly y: number; isDragged: boolean } | null = null
  const press = ({ pointerType, button, clientX, clientY }: PointerEvent): void => {
    isMoving.current = true
    if (pointerType === 'mouse' && button === 0)
      grip = { x: clientX + frame.scrollLeft, y: clientY + frame.scrollTop, isDragged: false }
  }
  const drag = ({ clientX, clientY, pointerId }: PointerEvent): void => {
    if (grip === null || !isMoving.current) return
    const [left, top] = [grip.x - clientX, grip.y - clientY]
    if (!grip.isDragged && Math.hypot(left - frame.scrollLeft, top - frame.scrollTop) < dragPixels) return
    if (!grip.isDragged) frame.setPointerCapture(pointerId)
    grip.isDragged = true
    frame.scrollTo({ left, top, behavior: 'instant' })
  }
  const release = (): void => {
    isMoving.current = false
  }
  /** A click that ends a drag places no mark. */
  const click = (event: MouseEvent): void => {
    if (grip?.isDragged === true) event.stopPropagation()
    grip = null
  }
  const wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    zoomBy(Math.exp(-event.deltaY / 200), within(frame, [event]))
  }
  const touch = (event: TouchEvent): void => {
    const [a, b] = event.touches
    const now = a === undefined || b === undefined ? 0 : Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)
    if (now > 0 && spread > 0 && event.type === 'touchmove') {
      event.preventDefault()
      zoomBy(now / spread, within(frame, [...event.touches]))
    }
    spread = now
  }
  const ending = new AbortController()
  const options = { passive: false, signal: ending.signal }
  frame.addEventListener('wheel', wheel, options)
  frame.addEventListener('pointerdown', press, options)
  frame.addEventListener('pointermove', drag, options)
  // A pointer may be released outside the board.
  for (const name of ['pointerup', 'pointercancel'] as const) addEventListener(name, release, options)
  frame.addEventListener('click', click, { capture: true, signal: ending.signal })
  for (const name of ['touchstart', 'touchmove', 'touchend', 'touchcancel'] as const)
    frame.addEventListener(name, touch, options)
  return () => ending.abort()
}

/** The mean of some points of the window, relative to the frame. */
function within(frame: HTMLElement, points: readonly { readonly clientX: number; readonly clientY: number }[]): Anchor {
  const { left, top } = frame.getBoundingClientRect()
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  return { x: mean(({ clientX }) => clientX) - left, y: mean(({ clientY }) => clientY) - top }
}
