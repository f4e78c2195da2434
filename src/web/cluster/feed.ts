/** What happened between two reports of `/cluster`, as a value for each sentence of the feed. */
import { type ClusterStatus, type CopyStatus, isSilent } from '../../protocol/cluster-status.ts'
import type { Known } from './status.ts'

type What =
  | { readonly what: 'gone' | 'new' | 'ready' | 'notReady'; readonly node: string }
  | { readonly what: 'back'; readonly node: string; readonly ms: number }
  | { readonly what: 'silent' | 'heard'; readonly server: string }
  | { readonly what: 'leads'; readonly server: string; readonly stream: string }
  | { readonly what: 'leaderless'; readonly stream: string }
  | { readonly what: 'journalSilent' | 'unanswered' }
  | { readonly what: 'answered'; readonly node: string }

/** `at`: on the clock of the page, in ms. */
export type ClusterEvent = What & { readonly at: number }

/** How long the page keeps an event, in ms. */
const keptMs = 60_000

/** The events of the last minute, the newest first. */
export function addEvents(
  feed: readonly ClusterEvent[],
  known: Known,
  status: ClusterStatus | null,
  now: number,
): readonly ClusterEvent[] {
  const kept = feed.filter(({ at }) => at > now - keptMs)
  return [...findEvents(known, status, now).map((event) => ({ ...event, at: now })), ...kept]
}

/** @param status null if no node answered. Nothing has happened before the first report. */
export function findEvents(known: Known, status: ClusterStatus | null, now: number): readonly What[] {
  if (known.last === null) return []
  if (status === null) return known.isAnswered ? [{ what: 'unanswered' }] : []
  const answered: readonly What[] = known.isAnswered ? [] : [{ what: 'answered', node: status.from }]
  return [...answered, ...findNodeEvents(known, status, now), ...findStreamEvents(known.last, status)]
}

function findNodeEvents({ seen }: Known, { nodes }: ClusterStatus, now: number): readonly What[] {
  const here = new Map(nodes.map((node) => [node.url, node]))
  const before = new Map(seen.map((each) => [each.node.url, each]))
  const gone = seen.filter(({ node, isHere }) => isHere && !here.has(node.url))
  const changed = nodes.flatMap((node): readonly What[] => {
    const was = before.get(node.url)
    if (was === undefined) return [{ what: 'new', node: node.url }]
    if (!was.isHere) return [{ what: 'back', node: node.url, ms: now - was.at }]
    return was.node.ready === node.ready ? [] : [{ what: node.ready ? 'ready' : 'notReady', node: node.url }]
  })
  return [...gone.map(({ node }): What => ({ what: 'gone', node: node.url })), ...changed]
}

function findStreamEvents(last: ClusterStatus, { streams }: ClusterStatus): readonly What[] {
  if (streams === null) return last.streams === null ? [] : [{ what: 'journalSilent' }]
  const before = new Map(last.streams?.map((stream) => [stream.name, leaderOf(stream.copies)]))
  const leaders = streams.flatMap(({ name, copies }): readonly What[] => {
    const server = leaderOf(copies)
    if (server === before.get(name)) return []
    return [server === undefined ? { what: 'leaderless', stream: name } : { what: 'leads', server, stream: name }]
  })
  return [...leaders, ...findServerEvents(silentServers(last), silentServers({ streams }))]
}

function findServerEvents(was: ReadonlyMap<string, boolean>, is: ReadonlyMap<string, boolean>): readonly What[] {
  return [...is].flatMap(([server, isQuiet]): readonly What[] =>
    isQuiet === (was.get(server) ?? isQuiet) ? [] : [{ what: isQuiet ? 'silent' : 'heard', server }],
  )
}

/** The servers of the journal, and whether a leader no longer hears from them. */
function silentServers({ streams }: Pick<ClusterStatus, 'streams'>): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>()
  for (const copy of streams?.flatMap(({ copies }) => copies) ?? [])
    found.set(copy.server, isSilent(copy) || found.get(copy.server) === true)
  return found
}

function leaderOf(copies: readonly CopyStatus[]): string | undefined {
  return copies.find(({ isLeader }) => isLeader)?.server
}
