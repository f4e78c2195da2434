/** The whole screen of a game: title, board, players, status and keys. */
import { makeRules, type Player, players } from '../../game/index.ts'
import { cellsOf, cutCells } from '../cells.ts'
import { command } from '../invocation.ts'
import { makeCellText } from '../cell-text.ts'
import { leastRoom, makeBoardLines, type Size } from './board-view.ts'
import { Canvas, type CanvasLine, type Span, span, plainTextOf } from './canvas.ts'
import { makeKeys, makeStatus } from './status.ts'
import { isWaiting, type LinkState, type TableState } from './terminal-game.ts'

const margin = 2
/**
 * Rows other than the board's: title, notice, keys, an empty row, and the last row, which must stay free to avoid
 * scrolling.
 */
const rowsAround = 5
const panelColumns = 32
/** The least width of a name, in columns. */
const nameCellsMin = 4

/** Makes a screen that fits into `size`. If the board does not fit, the screen names the size it needs. */
export function makeTableLines(state: TableState, size: Size): readonly CanvasLine[] {
  const canvas = new Canvas()
  canvas.putLines(margin, 0, [[span('Oxo', 'strong'), span(`  ${makeRules(state.view.rules)}`)]])
  const link = makeLinkSpan(state.link)
  canvas.putLines(Math.max(margin + 24, size.columns - margin - cellsOf(link.text)), 0, [[link]])
  const bottom = isWaiting(state.view) ? drawInvitation(canvas, state, size) : drawTable(canvas, state, size)
  canvas.putLines(margin, bottom, [
    [span(state.typed === '' ? state.notice : `> ${state.typed}`, state.typed === '' ? 'alert' : 'strong')],
    [span(makeKeysLine(state, size.columns), 'dim')],
  ])
  const { lines } = canvas
  const room = size.rows - 1
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), ...lines.slice(-1)]
}

/** Puts `q quit` first if the line would be cut off. */
function makeKeysLine(state: TableState, columns: number): string {
  const keys = makeKeys(state)
  return margin + keys.length <= columns ? keys : keys.replace(/^(.*) · (q quit)$/, '$2 · $1')
}

/** Draws board and panel; returns the row below them. */
function drawTable(canvas: Canvas, state: TableState, size: Size): number {
  const room = { columns: size.columns - 2 * margin - panelColumns, rows: size.rows - rowsAround }
  const board = makeBoardLines(boardOf(state), room)
  if (board === null) {
    const least = leastRoom(state.view.rules)
    const columns = least.columns + 2 * margin + panelColumns
    const rows = least.rows + rowsAround
    const whole = `This board needs a terminal of ${columns} columns and ${rows} rows.`
    const text = margin + whole.length <= size.columns ? whole : `Needs ${columns} × ${rows}.`
    canvas.put(margin, Math.min(2, Math.max(0, size.rows - 3)), text, 'alert')
    return 3
  }
  const width = Math.max(...board.map((line) => cellsOf(plainTextOf(line))))
  const left = margin + width + 4
  const panel = makePanel(state, size.columns - left)
  canvas.putLines(margin, 2, board)
  canvas.putLines(left, 3, panel)
  return 2 + Math.max(board.length, panel.length + 1)
}

/** While a seat is free, draws the invitation in place of the board; returns the row below it. */
function drawInvitation(canvas: Canvas, { invitation, mine, view }: TableState, { columns }: Size): number {
  const me = mine[0]
  const isListed = view.last?.type === 'created' && invitation === null
  const lines: readonly CanvasLine[] = [
    [span('Waiting for an opponent.', 'strong')],
    [],
    ...(invitation === null
      ? [[span(isListed ? 'The next player with --anyone joins.' : 'Somebody has to join.')]]
      : [
          [span('A friend types')],
          ...makeInvitingLines(invitation, columns),
          [],
          [span('or opens')],
          [span(`  ${invitation}`, 'strong')],
        ]),
    [],
    [span(me === undefined ? 'You are watching.' : `You are ${me}.`, me ?? 'plain')],
  ]
  canvas.putLines(margin, 2, lines)
  return lines.length + 3
}

/** The command on one line; if that would be cut off, on two lines that a shell reads as one. */
function makeInvitingLines(invitation: string, columns: number): readonly CanvasLine[] {
  const whole = `  ${command} play ${invitation}`
  const lines = margin + whole.length <= columns ? [whole] : [`  ${command} play \\`, `  ${invitation}`]
  return lines.map((line) => [span(line, 'strong')])
}

function makePanel(state: TableState, columns: number): readonly CanvasLine[] {
  return [
    ...players.flatMap((player) => [makePlayerLine(state, player, columns), []]),
    ...makeStatus(state, columns).map((line): CanvasLine => [line]),
  ]
}

/**
 * `▸ X     4:59  Ada (you)  away`: turn, time left, name and presence. The time comes before the name, because
 * terminals
 * disagree on the width of names and on their effect on the text direction after them.
 */
function makePlayerLine({ view, mine, online, msLeft }: TableState, player: Player, columns: number): CanvasLine {
  const owner = view.players[player]
  const isHere = owner?.bot !== undefined || mine.includes(player) || (online?.[player] ?? true)
  const name = owner === null ? (view.seats === 'open' ? 'anybody' : 'free') : makeCellText(owner.name)
  const you = mine.length === 1 && mine[0] === player ? ' (you)' : ''
  const left = msLeft === null ? [] : [makeTimeSpan(msLeft, player)]
  const away: readonly Span[] = owner !== null && !isHere ? [span('  away', 'alert')] : []
  const turn = view.turn === player ? '▸ ' : '  '
  const line = (shown: string): CanvasLine => [
    ...[span(turn, 'strong'), span(player, player), ...left],
    ...[span(`  ${shown}${you}`), ...away],
  ]
  return line(cutCells(name, Math.max(nameCellsMin, columns - cellsOf(plainTextOf(line(''))))))
}

/** The time left, padded to the same width for both players. */
function makeTimeSpan(msLeft: Readonly<Record<Player, number>>, player: Player): Span {
  const width = Math.max('0:00.0'.length, ...players.map((each) => makeTime(msLeft[each]).length))
  return span(`  ${makeTime(msLeft[player]).padStart(width)}`, msLeft[player] < 10_000 ? 'alert' : 'plain')
}

function boardOf({ view, mine, cursor }: TableState): Parameters<typeof makeBoardLines>[0] {
  const { rules, board, outcome, last, turn } = view
  const isMine = turn !== null && mine.includes(turn)
  return {
    rules,
    board,
    cursor: isMine ? cursor : null,
    line: (outcome?.line ?? []).map(([x, y]) => ({ x, y })),
    last: last?.x === undefined || last.y === undefined ? null : { x: last.x, y: last.y },
  }
}

function makeLinkSpan(link: LinkState): Span {
  switch (link.state) {
    case 'none':
      return span('hot seat', 'dim')
    case 'open':
      return span(`● ${link.server}`, 'dim')
    case 'connecting':
      return span(`○ connecting to ${link.server}`, 'alert')
    case 'waiting':
      return span(`○ no connection, next attempt in ${link.seconds} s`, 'alert')
    case 'closed':
      return span(`○ closed: ${link.reason}`, 'alert')
  }
}

/** Formats minutes and seconds; below ten seconds with tenths. */
export function makeTime(ms: number): string {
  if (ms < 10_000) return `0:0${(Math.floor(ms / 100) / 10).toFixed(1)}`
  const seconds = Math.ceil(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const rest = String(seconds % 60).padStart(2, '0')
  if (minutes < 60) return `${minutes}:${rest}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`
}
