/** `/cluster`: the nodes, the streams and the state of each copy, as the page, as text, and as JSON. */
import {
  type ClusterStatus,
  type CopyStatus,
  isSilent,
  type NodeStatus,
  type StreamStatus,
} from '../../../protocol/index.ts'
import { formOf, showPage } from './pages.ts'
import type { HonoApp, RouteContext } from './route-context.ts'
import type { Form } from './version-tag.ts'

export function addCluster(app: HonoApp, context: RouteContext): void {
  const { status } = context
  if (status === undefined) return
  app.get('/cluster', async (c) => {
    const wanted = formOf(c)
    const page = wanted === 'text/html' ? showPage(c, context) : null
    if (page !== null) return page
    c.header('Vary', 'Accept')
    c.header('Cache-Control', 'no-store')
    // Without pages a browser gets the text.
    const form = wanted === 'application/json' ? wanted : 'text/plain'
    const shown = shownOf(await status.cluster())
    const text = (shown[form] ??= write[form](shown.found))
    return c.body(text, 200, { 'Content-Type': form === 'application/json' ? form : `${form}; charset=UTF-8` })
  })
}

/** Writes a status in each form. */
const write: Readonly<Record<ClusterForm, (found: ClusterStatus) => string>> = {
  'application/json': (found) => JSON.stringify(found),
  'text/plain': makeClusterText,
}

type ClusterForm = Exclude<Form, 'text/html'>

interface Shown extends Partial<Record<ClusterForm, string>> {
  readonly found: ClusterStatus
}

/** The source returns the same object for a second, so each form is written once per object. */
const allShown = new WeakMap<ClusterStatus, Shown>()

function shownOf(found: ClusterStatus): Shown {
  const known = allShown.get(found)
  if (known !== undefined) return known
  const shown = { found }
  allShown.set(found, shown)
  return shown
}

interface Table {
  readonly title: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** The text that replaces the rows if there are none. */
  readonly none: string
}

const nodeHeads = [
  'node',
  'state',
  'games',
  'connections',
  'commands/s',
  'behind',
  'up',
  'pid',
  'version',
  'server',
] as const
const streamHeads = ['stream', 'entries', 'size', 'server', 'role', 'behind'] as const

function tablesOf({ nodes, streams }: ClusterStatus): readonly Table[] {
  const noAnswer = 'The servers of the journal do not answer.'
  return [
    { title: 'Nodes', heads: nodeHeads, rows: nodes.map(nodeRow), none: 'No node answers.' },
    {
      title: 'Streams',
      heads: streamHeads,
      rows: (streams ?? []).flatMap(streamRows),
      none: streams === null ? noAnswer : 'None: the journal is this node’s own.',
    },
  ]
}

function nodeRow(node: NodeStatus): readonly string[] {
  const { url, ready, checks, liveGames, connections, commandsPerSecond, upSeconds, pid, version } = node
  const { journalServer = '' } = node
  const troubles = Object.entries(checks).filter(([name, state]) => name !== 'durability' && state !== 'ok')
  const state = [ready ? 'ready' : 'not ready', ...troubles.map(([name, trouble]) => `${name}: ${trouble}`)].join('; ')
  const counts = [liveGames, connections, commandsPerSecond].map(String)
  return [url, state, ...counts, makeBehind(node), makeAge(upSeconds), String(pid), version, journalServer]
}

/** The lag as text; `?` for a stream without a leader. */
export function makeBehind({ behind: total, behindEach }: Pick<NodeStatus, 'behind' | 'behindEach'>): string {
  if (total === null) return ''
  return behindEach === undefined ? String(total) : behindEach.map((each) => each ?? '?').join(' ')
}

function streamRows({ name, entries, bytes, copies, copiesWanted }: StreamStatus): readonly (readonly string[])[] {
  const size = bytes === null ? '' : `${(bytes / 1e6).toFixed(1)} MB`
  if (copies.length === 0) return [[name, '', '', '', 'no leader', '']]
  const missing = Array.from({ length: Math.max(0, copiesWanted - copies.length) }, () => ['', 'missing', ''])
  return [...copies.map(copyCells), ...missing].map((cells, index) =>
    index === 0 ? [name, entries === null ? '' : String(entries), size, ...cells] : ['', '', '', ...cells],
  )
}

function copyCells(copy: CopyStatus): readonly string[] {
  const { server, isLeader, behind: lag } = copy
  return [server, isLeader ? 'leader' : stateOf(copy), isLeader ? '' : String(lag)]
}

function stateOf(copy: CopyStatus): string {
  if (copy.isOffline) return 'offline'
  if (isSilent(copy)) return `silent for ${makeAge(copy.silentMs / 1_000)}`
  return copy.isCurrent ? 'current' : 'catching up'
}

function makeAge(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}

const summaryOf = ({ journal, durability, from }: ClusterStatus): string =>
  `Journal: ${journal}. Durability: ${durability}. Reported by ${from}.`

export function makeClusterText(status: ClusterStatus): string {
  const parts = tablesOf(status).map(({ title, heads, rows, none }) =>
    rows.length === 0 ? `${title}\n  ${none}` : `${title}\n${alignColumns([heads, ...rows])}`,
  )
  return `${[summaryOf(status), ...parts].join('\n\n')}\n`
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n')
}
