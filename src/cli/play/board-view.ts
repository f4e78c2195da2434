/** Draws a board at the largest scale that fits. */
import { type Mark, type Place, placeOf, type Rules } from '../../game/index.ts'
import { Canvas, type CanvasLine, type Style } from './canvas.ts'

export interface BoardState {
  readonly rules: Rules
  readonly board: string
  /** Null if no player at this terminal may move. */
  readonly cursor: Place | null
  /** The line that ended the game. */
  readonly line: readonly Place[]
  /** The place of the last mark. */
  readonly last: Place | null
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

interface Scale {
  /** The size of a cell without the grid, in characters. */
  readonly width: number
  readonly height: number
  /** Whether lines separate the cells; otherwise a column of space does. */
  readonly hasGrid: boolean
}

/** Largest first. */
const scales: readonly Scale[] = [
  { width: 7, height: 3, hasGrid: true },
  { width: 3, height: 1, hasGrid: true },
  { width: 1, height: 1, hasGrid: false },
]

/** Marks that are three rows tall. */
const tall: Readonly<Record<Mark, readonly string[]>> = { X: ['╲ ╱', ' ╳ ', '╱ ╲'], O: ['╭─╮', '│ │', '╰─╯'] }

/** The board with its labels, at the largest scale that fits into `room`; null if none fits. */
export function makeBoardLines(state: BoardState, room: Size): readonly CanvasLine[] | null {
  const scale = scales.find((each) => fits(sizeOf(state.rules, each), room))
  return scale === undefined ? null : draw(state, scale)
}

/** The smallest size in which the board can be drawn. */
export function leastRoom(rules: Rules): Size {
  return sizeOf(rules, { width: 1, height: 1, hasGrid: false })
}

function sizeOf({ width, height }: Rules, scale: Scale): Size {
  const lines = scale.hasGrid ? 1 : 0
  return {
    columns: labelWidth(height) + 1 + width * (scale.width + 1),
    rows: 1 + lines + height * (scale.height + lines),
  }
}

function fits(size: Size, room: Size): boolean {
  return size.columns <= room.columns && size.rows <= room.rows
}

function labelWidth(height: number): number {
  return String(height - 1).length + 1
}

function draw(state: BoardState, scale: Scale): readonly CanvasLine[] {
  const canvas = new Canvas()
  const { rules, board } = state
  if (scale.hasGrid) drawGrid(canvas, rules, scale)
  drawLabels(canvas, rules, scale)
  for (let cell = 0; cell < board.length; cell++) drawCell(canvas, state, scale, placeOf(rules, cell))
  if (state.cursor !== null) drawCursor(canvas, rules, scale, state.cursor)
  return canvas.lines
}

/** The top left character inside a cell. */
function originOf({ height }: Rules, scale: Scale, { x, y }: Place): Place {
  const lines = scale.hasGrid ? 1 : 0
  return { x: labelWidth(height) + 1 + x * (scale.width + 1), y: 1 + lines + y * (scale.height + lines) }
}

function drawGrid(canvas: Canvas, rules: Rules, scale: Scale): void {
  const left = labelWidth(rules.height)
  const rule = (ends: string): string => {
    const [first = '', middle = '', last = ''] = ends
    return first + Array.from({ length: rules.width }, () => '─'.repeat(scale.width)).join(middle) + last
  }
  const step = scale.height + 1
  for (let y = 0; y <= rules.height; y++)
    canvas.put(left, 1 + y * step, rule(y === 0 ? '┌┬┐' : y === rules.height ? '└┴┘' : '├┼┤'), 'dim')
  for (let y = 0; y < rules.height * step; y++)
    for (let x = 0; x <= rules.width && y % step !== 0; x++) canvas.put(left + x * (scale.width + 1), 1 + y, '│', 'dim')
}

function drawLabels(canvas: Canvas, rules: Rules, scale: Scale): void {
  // Two-digit labels do not fit the smallest cells, so only every other column is labelled.
  const step = scale.width === 1 && rules.width > 10 ? 2 : 1
  for (let x = 0; x < rules.width; x += step)
    canvas.put(originOf(rules, scale, { x, y: 0 }).x + (scale.width >> 1), 0, String(x), 'dim')
  for (let y = 0; y < rules.height; y++) {
    const row = originOf(rules, scale, { x: 0, y }).y + (scale.height >> 1)
    canvas.put(0, row, String(y).padStart(labelWidth(rules.height) - 1), 'dim')
  }
}

function drawCell(canvas: Canvas, { rules, board, line, last }: BoardState, scale: Scale, place: Place): void {
  const mark = board[place.y * rules.width + place.x]
  const { x, y } = originOf(rules, scale, place)
  if (mark !== 'X' && mark !== 'O') {
    if (!scale.hasGrid) canvas.put(x, y, '·', 'dim')
    return
  }
  const isWon = line.some((each) => isSame(each, place))
  const style: Style = isWon ? 'win' : last !== null && isSame(last, place) ? `last ${mark}` : mark
  if (scale.height === 1) {
    canvas.put(x + (scale.width >> 1), y, mark, style)
    // The winning line must also show without colours.
    if (isWon && scale.width === 3) canvas.put(x, y, `(${mark})`, style)
    return
  }
  for (const [row, text] of tall[mark].entries()) canvas.put(x + 2, y + row, text, style)
}

/** Draws brackets around a cell of one row, corners around a cell of three rows. */
function drawCursor(canvas: Canvas, rules: Rules, scale: Scale, cursor: Place): void {
  const { x, y } = originOf(rules, scale, cursor)
  const left = scale.width === 1 ? x - 1 : x
  const right = scale.width === 1 ? x + 1 : x + scale.width - 1
  const corners = scale.height === 1 ? [['[', ']']] : [['┏', '┓'], [], ['┗', '┛']]
  for (const [row, [open = '', close = '']] of corners.entries()) {
    if (open === '') continue
    canvas.put(left, y + row, open, 'cursor')
    canvas.put(right, y + row, close, 'cursor')
  }
}

function isSame(a: Place, b: Place): boolean {
  return a.x === b.x && a.y === b.y
}
