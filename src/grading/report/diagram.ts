/** What was sent and received before a failure, as a space-time diagram in SVG: time runs downwards. */
import { escapeMarkup } from '../../base/index.ts'
import type { Exchange } from '../submission/evidence.ts'
import { showBytes } from './bytes.ts'

/** The last exchanges and connections that are drawn: more cannot be read. The list beside the diagram has all. */
const rowsMax = 16
const connectionsMax = 6
const left = 58
/** One connection alone has more room for its labels and still fits a phone. */
const columnWidths = { one: 205, more: 168 } as const
const rowHeight = 34
const top = 44
/** How far an arrow falls, so that it reads as time. */
const fall = 9
/** The width of a character of a label. */
const characterWidth = 7.4

export interface EvidenceDiagram {
  readonly svg: string
  /** In CSS pixels. */
  readonly width: number
  /** The exchanges that are not drawn. */
  readonly omitted: number
}

/** `submission` is the other end of all connections. Returns null if none was used. */
export function drawEvidence(evidence: readonly Exchange[], submission: 'server' | 'client'): EvidenceDiagram | null {
  const used = evidence.filter(({ what }) => what !== 'note')
  const names = [...new Set(used.map(({ connection }) => connection))].slice(-connectionsMax)
  if (names.length === 0) return null
  const drawn = used.filter(({ connection }) => names.includes(connection)).slice(-rowsMax)
  const shown = names.filter((name) => drawn.some(({ connection }) => connection === name))
  const columnWidth = shown.length === 1 ? columnWidths.one : columnWidths.more
  const right = left + shown.length * columnWidth + 20
  const width = right + 42
  const height = top + drawn.length * rowHeight + 24
  const rows = drawn.map((exchange, index) => ({
    exchange,
    x: left + shown.indexOf(exchange.connection) * columnWidth + 30,
    y: top + (index + 1) * rowHeight - 8,
  }))
  const parts = [
    `<text class="time" x="${left - 8}" y="20">ms</text>`,
    ...shown.map((name) => drawLife(name, rows, height)),
    `<text class="head" x="${right}" y="20">${submission}</text><line class="life" x1="${right}" y1="30" x2="${right}" y2="${height - 8}"/>`,
    ...rows.map((row) => drawRow(row, right)),
  ]
  const words = `${drawn.length} exchanges between the ${submission} and ${shown.length === 1 ? 'one connection' : `${shown.length} connections`}, in the order of time`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${words}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`
  return { svg, width, omitted: used.length - drawn.length }
}

interface Row {
  readonly exchange: Exchange
  readonly x: number
  readonly y: number
}

/** The line of a connection: from its first exchange to its end. */
function drawLife(name: string, rows: readonly Row[], height: number): string {
  const own = rows.filter(({ exchange }) => exchange.connection === name)
  const [first] = own
  if (first === undefined) return ''
  const closed = own.findLast(({ exchange }) => exchange.what === 'closed')
  const from = first.exchange.what === 'opened' ? first.y : 30
  return `<text class="head" x="${first.x}" y="20">${escapeMarkup(name)}</text><line class="life" x1="${first.x}" y1="${from}" x2="${first.x}" y2="${closed === undefined ? height - 8 : closed.y}"/>`
}

function drawRow({ exchange, x, y }: Row, right: number): string {
  const { what, atMs, bytes } = exchange
  const time = `<text class="time" x="${left - 8}" y="${y + 4}">${formatMs(atMs)}</text>`
  if (what === 'opened')
    return `${time}<circle class="opened" cx="${x}" cy="${y}" r="4"/><text x="${x + 10}" y="${y + 4}">opened</text>`
  if (what === 'closed')
    return `${time}<path class="cross" d="M${x - 5} ${y - 5}l10 10m0-10l-10 10"/><text class="wrong" x="${x + 10}" y="${y + 4}">closed</text>`
  const isSent = what === 'sent'
  const [from, to] = isSent ? [x, right] : [right, x]
  const label = cut(showBytes(bytes), Math.floor((right - x) / characterWidth) - 1)
  return `${time}${drawArrow(from, to, y)}<text class="label" x="${(x + right) / 2}" y="${y - 4}">${escapeMarkup(label)}</text>`
}

function drawArrow(from: number, to: number, y: number): string {
  const way = Math.sign(to - from)
  const tip = to - way * 2
  return `<line class="arrow" x1="${from}" y1="${y}" x2="${tip - way * 5}" y2="${y + fall}"/><path class="tip" d="M${tip} ${y + fall}l${-way * 8} -4v8z"/>`
}

const formatMs = (ms: number): string => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0))
const cut = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1)}…`
