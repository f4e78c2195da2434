/**
 * Draws a run as a space-time diagram in SVG: columns for clients, nodes and journal, arrows for messages, time
 * downwards.
 */
import { escapeMarkup } from '../src/base/index.ts'
import type { Note } from './trace.ts'
import { gistOf } from './words.ts'

export interface RunPicture {
  readonly title: string
  /** The violations, one per line; empty if there are none. */
  readonly wrong: readonly string[]
  /** The only game to draw; null means all games. */
  readonly game: string | null
  readonly notes: readonly Note[]
}

/** A drawn note and its position. */
interface Mark {
  readonly note: Note
  readonly column: number
  readonly y: number
  readonly words: string
}

const left = 76
const columnWidth = 190
const rowHeight = 19
/** A gap separates rows that are more than this apart, in ms. */
const gapMs = 40
const gapHeight = 14
/** The most rows of a diagram; a longer one is unreadable. */
const rowsMax = 400
const lineCharacters = 130

const style = `
  text { font: 12px system-ui, sans-serif; fill: #1b1f24; }
  .label { paint-order: stroke; stroke: #fff; stroke-width: 4px; stroke-linejoin: round; }
  .title { font-size: 17px; font-weight: 600; }
  .head { font-weight: 600; text-anchor: middle; }
  .time, .legend { fill: #57606a; font-size: 11px; }
  .life { stroke: #d0d7de; stroke-width: 2; }
  .before { stroke: #d0d7de; stroke-width: 2; stroke-dasharray: 2 5; }
  .away { stroke: #cf222e; stroke-width: 2; stroke-dasharray: 2 5; }
  .arrow { stroke: #0969da; stroke-width: 1.3; marker-end: url(#tip); }
  .lost { stroke: #cf222e; stroke-width: 1.3; stroke-dasharray: 4 3; }
  .end { font-weight: 600; }
  .wrong, .fault { fill: #cf222e; }
  .wrong { font-weight: 700; }`

export function drawDiagram(picture: RunPicture): string {
  const { notes, title, wrong } = picture
  const columns = columnsOf(notes)
  const about = wrong.flatMap((line) => wrap(line))
  const top = 96 + about.length * 18
  const marks = place(select(picture), columns, top + 24)
  const end = (marks.at(-1)?.y ?? top) + 30
  // Leave room for the journal's texts at its right.
  const width = left + columns.length * columnWidth + columnWidth / 1.5
  const parts = [
    `<text class="title" x="16" y="30">${escapeMarkup(title)}</text>`,
    `<text class="legend" x="16" y="52">Time runs downwards, in ms on the left. Arrows are messages; a dashed one never arrived. Red is what went wrong.</text>`,
    ...about.map((line, index) => `<text class="wrong" x="16" y="${76 + index * 18}">${escapeMarkup(line)}</text>`),
    ...columns.map((name, column) => drawColumn({ name, column, marks, top, end })),
    ...drawTimes(marks),
    ...drawArrows(marks, notes),
    ...marks.map((mark) => drawMark(mark, wrong)),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${end + 16}" viewBox="0 0 ${width} ${end + 16}">
<style>${style}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#0969da"/></marker></defs>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`
}

/** The columns: clients, nodes, and the journal at the right. All lives of a node share one column. */
function columnsOf(notes: readonly Note[]): readonly string[] {
  const names = new Set(notes.map(({ where }) => columnOf(where)))
  names.delete('')
  const rank = (name: string): number => 'cnj'.indexOf(name.charAt(0))
  return [...names].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** `n1.2` → `n1` */
function columnOf(where: string): string {
  return where.replace(/\..*$/, '')
}

interface Chosen {
  readonly note: Note
  readonly words: string
}

/** The notes to draw, with their texts. */
function select({ notes, game }: RunPicture): readonly Chosen[] {
  const words = new Map<Note, string>()
  /** The game of each request, because its answer may not name it. */
  const games = new Map<string, string>()
  const clients = new Map(notes.flatMap(({ from, where }) => (from === undefined ? [] : [[from, where] as const])))
  for (const note of notes) {
    if (note.from !== undefined && note.what === '') continue
    const client = note.where.startsWith('c') ? note.where : clients.get(note)
    const said = wordsOf(note, game, { games, client })
    if (said !== null) words.set(note, said)
  }
  const isDrawn = ({ from, what }: Note): boolean => what === '' && from !== undefined && words.has(from)
  return notes
    .flatMap((note) => {
      const said = words.get(note)
      if (said !== undefined) return [{ note, words: said }]
      return isDrawn(note) ? [{ note, words: '' }] : []
    })
    .slice(0, rowsMax)
}

interface Context {
  /** Game ids by client and request id. */
  readonly games: Map<string, string>
  readonly client: string | undefined
}

function wordsOf({ what, kind }: Note, game: string | null, { games, client }: Context): string | null {
  if (!what.startsWith('{')) {
    const isOther = game !== null && kind !== 'fault' && /^(?:append )?[\w-]+ \d|^[\w-]+: /.test(what)
    return isOther && !new RegExp(`^(?:append )?${game}[ :]`).test(what) ? null : what
  }
  const gist = gistOf(what)
  if (gist === null) return null
  const key = `${client} ${gist.id}`
  if (gist.game !== null && gist.id !== null) games.set(key, gist.game)
  const about = gist.game ?? games.get(key)
  return game === null || about === game ? gist.words : null
}

function place(chosen: readonly Chosen[], columns: readonly string[], top: number): readonly Mark[] {
  let y = top
  let before = chosen[0]?.note.at ?? 0
  return chosen.map(({ note, words }) => {
    y += rowHeight + (note.at - before > gapMs ? gapHeight : 0)
    before = note.at
    return { note, words, column: columns.indexOf(columnOf(note.where)), y }
  })
}

function xOf(column: number): number {
  return left + (column + 0.5) * columnWidth
}

interface Column {
  readonly name: string
  readonly column: number
  readonly marks: readonly Mark[]
  readonly top: number
  readonly end: number
}

function drawColumn({ name, column, marks, top, end }: Column): string {
  const x = xOf(column)
  const kind = name.startsWith('c') ? 'client ' : name.startsWith('n') ? 'node ' : ''
  const parts = [`<text class="head" x="${x}" y="${top}">${kind}${escapeMarkup(name)}</text>`]
  let [from, isAway] = [top + 10, name.startsWith('n')]
  const draw = (to: number): void => {
    parts.push(
      `<line class="${!isAway ? 'life' : from === top + 10 ? 'before' : 'away'}" x1="${x}" y1="${from}" x2="${x}" y2="${to}"/>`,
    )
    from = to
  }
  for (const { note, y } of marks.filter((mark) => mark.column === column)) {
    const turn = note.what === 'serves' ? false : /^(?:crash|leaves)$/.test(note.what) ? true : isAway
    if (turn === isAway) continue
    draw(y)
    isAway = turn
  }
  draw(end)
  return parts.join('')
}

function drawTimes(marks: readonly Mark[]): readonly string[] {
  return marks.flatMap(({ note, y }, index) =>
    note.at === marks[index - 1]?.note.at ? [] : [`<text class="time" x="16" y="${y + 4}">${note.at}</text>`],
  )
}

function drawArrows(marks: readonly Mark[], notes: readonly Note[]): readonly string[] {
  const byNote = new Map(marks.map((mark) => [mark.note, mark]))
  const arrived = new Set(notes.map(({ from }) => from))
  const arrows = marks.flatMap((mark) => {
    const sent = mark.note.from === undefined ? undefined : byNote.get(mark.note.from)
    if (sent === undefined) return []
    return `<line class="arrow" x1="${xOf(sent.column)}" y1="${sent.y}" x2="${xOf(mark.column)}" y2="${mark.y}"/>`
  })
  const lost = marks.flatMap(({ note, column, y }) => {
    const isSent = note.what.startsWith('{') || note.what.startsWith('append ')
    if (!isSent || arrived.has(note)) return []
    const way = note.where.startsWith('n') && note.what.startsWith('{') ? -1 : 1
    const x = xOf(column)
    return `<line class="lost" x1="${x}" y1="${y}" x2="${x + way * 60}" y2="${y + 12}"/><text class="fault" x="${x + way * 66 - 4}" y="${y + 17}">✕</text>`
  })
  return [...arrows, ...lost]
}

function drawMark({ note, column, y, words }: Mark, wrong: readonly string[]): string {
  const x = xOf(column)
  if (words === '') return ''
  const isSent = note.what.startsWith('{')
  const toLeft = isSent && note.where.startsWith('n')
  const isWrong = note.kind === 'end' && wrong.some((line) => line.includes(`${note.where}: ${note.what}`))
  const name = isWrong ? 'wrong' : note.kind === 'fault' ? 'fault' : note.kind === 'end' ? 'end' : ''
  const dot = isSent
    ? ''
    : `<circle cx="${x}" cy="${y}" r="4" fill="${isWrong || note.kind === 'fault' ? '#cf222e' : '#1b1f24'}"/>`
  const [labelX, anchor] = toLeft ? [x - 9, 'end'] : [x + 9, 'start']
  const [shown] = wrap(words, 60)
  return `${dot}<text class="label ${name}" x="${labelX}" y="${isSent || words.startsWith('append ') ? y - 2 : y + 4}" text-anchor="${anchor}">${escapeMarkup(shown ?? '')}</text>`
}

function wrap(text: string, characters = lineCharacters): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= characters) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
