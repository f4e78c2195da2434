/** All numbers of the nodes and of the streams. */
import type { ClusterStatus, StreamStatus } from '../../protocol/cluster-status.ts'
import { isSilent } from '../../protocol/cluster-status.ts'
import type { TextKey } from '../language/catalogue.ts'
import { text } from '../language/more.ts'
import { Table, type TableRow } from '../shell/table.tsx'
import type { Followed } from './follow.ts'
import { type NodeNames, sayAge, sayAway, sayCopy, sayNode } from './say.ts'
import { type SeenNode, shownNodes } from './status.ts'

const nodeHeads = [
  'clusterNode',
  'clusterState',
  'clusterGames',
  'clusterConnections',
  'clusterSpeed',
  'clusterUnread',
  'clusterUp',
  'clusterVersion',
] as const satisfies readonly TextKey[]

export function ClusterTables({ followed, names }: { readonly followed: Followed; readonly names: NodeNames }) {
  const { last, now } = followed
  return (
    <>
      <Table
        title={text('clusterNodes')}
        heads={nodeHeads.map((key) => text(key))}
        rows={shownNodes(followed).map((each) => nodeRow(each, names, now))}
      />
      {last !== null && <Streams streams={last.streams} />}
    </>
  )
}

function nodeRow(seen: SeenNode, names: NodeNames, now: number): TableRow {
  const { node, isHere } = seen
  const { url, liveGames, connections, commandsPerSecond, behind: unread, upSeconds, version } = node
  const name = names(url) === URL.parse(url)?.host ? url : `${names(url)}, ${url}`
  if (!isHere) {
    return { isGone: true, cells: [name, sayAway(seen, now), '', '', '', '', '', version] }
  }
  const counts = [liveGames, connections, commandsPerSecond, unread ?? ''].map(String)
  return { isGone: false, cells: [name, sayNode(node), ...counts, sayAge(upSeconds), version] }
}

function Streams({ streams }: Pick<ClusterStatus, 'streams'>) {
  if (streams === null || streams.length === 0)
    return <p class="quiet">{text(streams === null ? 'clusterJournalSilent' : 'clusterOwnJournal')}</p>
  return (
    <Table
      title={text('clusterStreams')}
      heads={[text('clusterStream'), text('clusterEntries'), text('clusterServer'), text('clusterState')]}
      rows={streams.flatMap(streamRows)}
    />
  )
}

function streamRows({ name, entries, copies, copiesWanted }: StreamStatus): readonly TableRow[] {
  const missing = Array.from({ length: Math.max(0, copiesWanted - copies.length) }, () => null)
  return [...copies, ...missing].map((copy, index) => ({
    isGone: copy === null || isSilent(copy),
    cells: [...(index === 0 ? [name, String(entries ?? '')] : ['', '']), copy?.server ?? '', sayCopy(copy)],
  }))
}
