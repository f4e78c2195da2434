/**
 * How a board is shown beyond its cells: coordinates, a look; the frame and star points of a large board; the slots of one
 * where marks fall.
 */
import type { ComponentChildren, RefObject } from 'preact'
import { empty, placeOf, type Rules } from '../../game/index.ts'
import { isLarge } from '../board/board-stage.tsx'
import frame from './frame.css?inline'
import style from './options.css?inline'
import { sayPlace } from './place.ts'
import { boardSettings } from './settings.ts'
import { starsOf } from './stars.ts'
import themes from './themes.css?inline'

// No `style` element: the policy of the page forbids one that the document does not contain.
const sheet = new CSSStyleSheet()
sheet.replaceSync(style + themes + frame)
document.adoptedStyleSheets.push(sheet)

interface BoardLookProps {
  readonly rules: Rules
  readonly board: string
  /** Set to the element over the cells. */
  readonly layer?: RefObject<HTMLDivElement | null> | null
  readonly children?: ComponentChildren
}

/** Hidden from screen readers: each cell says its column and row. */
export function BoardLook({ rules, board, layer = null, children }: BoardLookProps) {
  const { theme, coordinates } = boardSettings()
  return (
    <>
      {coordinates !== 'off' && (coordinates === 'beside' || isLarge(rules)) && <Beside rules={rules} />}
      <div ref={layer} class={['options', `theme-${theme}`, ...shapeOf(rules)].join(' ')} dir="ltr" aria-hidden="true">
        {!rules.gravity && <Stars rules={rules} board={board} />}
        {coordinates === 'cells' && !isLarge(rules) && <OnCells rules={rules} />}
        {children}
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

export function placeStyle(rules: Rules, cell: number): Readonly<Record<string, string>> {
  const { x, y } = placeOf(rules, cell)
  return { '--x': String(x), '--y': String(y) }
}
