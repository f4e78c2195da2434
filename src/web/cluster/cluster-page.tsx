/** The nodes of the service and the copies of its journal, read again every few seconds while the page is shown. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { systemClock, type Timer } from '../../base/index.ts'
import type { ClusterStatus, CopyStatus, StreamStatus } from '../../protocol/cluster-status.ts'
import type { TextKey } from '../language/catalogue.ts'
import { text } from '../language/more.ts'
import { Table, type TableRow } from '../shell/table.tsx'
import { useTitle } from '../shell/title.ts'
import { remember, type SeenNode } from './status.ts'

/** How often the page asks, in ms. */
const everyMs = 3_000

const nodeHeads = [
  'clusterNode',
  'clusterState',
  'clusterGames',
  'clusterConnections',
  'clusterSpeed',
  'clusterUnread',
  'clusterUp',
] as const satisfies readonly TextKey[]

export function ClusterPage() {
  const { cluster, seen, now } = useCluster()
  useTitle(text('clusterTitle'))
  return (
    <main class="page cluster">
      <h1>{text('clusterTitle')}</h1>
      {cluster === null ? (
        <p class="quiet">{text(seen.length === 0 ? 'loading' : 'clusterSilent')}</p>
      ) : (
        <p class="quiet">{text('clusterJournal', { journal: cluster.journal, durability: cluster.durability })}</p>
      )}
      <Table
        title={text('clusterNodes')}
        heads={nodeHeads.map((key) => text(key))}
        rows={seen.map((each) => nodeRow(each, now))}
      />
      {cluster !== null && <Streams streams={cluster.streams} />}
    </main>
  )
}

interface Followed {
  /** Null if the last request had no answer. */
  readonly cluster: ClusterStatus | null
  readonly seen: readonly SeenNode[]
  readonly now: number
}

function useCluster(): Followed {
  const followed = useSignal<Followed>({ cluster: null, seen: [], now: 0 })
  useEffect(() => {
    let timer: Timer | undefined
    let isLeft = false
    const read = async (): Promise<void> => {
      const cluster = await fetchCluster()
      if (isLeft) return
      const now = systemClock.now()
      const { seen } = followed.value
      followed.value = { cluster, seen: cluster === null ? seen : remember(seen, cluster, now), now }
      timer = systemClock.after(everyMs, () => void read())
    }
    void read()
    return () => {
      isLeft = true
      timer?.cancel()
    }
  }, [])
  return followed.value
}

async function fetchCluster(): Promise<ClusterStatus | null> {
  try {
    const answer = await fetch('/cluster', { headers: { Accept: 'application/json' } })
    return answer.ok ? ((await answer.json()) as ClusterStatus) : null
  } catch {
    return null
  }
}

function nodeRow({ node, at }: SeenNode, now: number): TableRow {
  const { url, ready, checks, liveGames, connections, commandsPerSecond, behind: unread, upSeconds } = node
  if (at < now)
    return { isGone: true, cells: [url, text('clusterGone', { time: sayAge((now - at) / 1_000) }), '', '', '', '', ''] }
  const troubles = Object.entries(checks).filter(([name, state]) => name !== 'durability' && state !== 'ok')
  const state = [text(ready ? 'clusterReady' : 'clusterNotReady'), ...troubles.map((trouble) => trouble.join(': '))]
  const counts = [liveGames, connections, commandsPerSecond, unread ?? ''].map(String)
  return { isGone: false, cells: [url, state.join('; '), ...counts, sayAge(upSeconds)] }
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
    isGone: copy === null || copy.isOffline,
    cells: [...(index === 0 ? [name, String(entries ?? '')] : ['', '']), copy?.server ?? '', sayCopy(copy)],
  }))
}

function sayCopy(copy: CopyStatus | null): string {
  if (copy === null) return text('clusterMissing')
  if (copy.isOffline) return text('clusterOffline')
  if (copy.isLeader) return text('clusterLeader')
  return text(copy.isCurrent ? 'clusterCurrent' : 'clusterCatchingUp')
}

function sayAge(seconds: number): string {
  if (seconds < 120) return text('ageSeconds', { count: Math.floor(seconds) })
  if (seconds < 7_200) return text('ageMinutes', { count: Math.floor(seconds / 60) })
  return text('ageHours', { count: Math.floor(seconds / 3_600) })
}
