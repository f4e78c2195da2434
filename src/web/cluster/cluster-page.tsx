/** The nodes of the service and the servers of its journal: a map, what happened in the last minute, and all numbers. */
import { systemClock } from '../../base/index.ts'
import { useTitle } from '../shell/title.ts'
import { text } from '../language/more.ts'
import { isolate, language } from '../language/text.ts'
import { later } from '../shell/lazy.tsx'
import { ClusterMap } from './cluster-map.tsx'
import { ClusterTables } from './cluster-tables.tsx'
import { demoToken, useDemo } from './demo.ts'
import type { ClusterEvent } from './feed.ts'
import { type Followed, useCluster } from './follow.ts'
import { makeNodeNames, type NodeNames, sayAge } from './say.ts'

/** How often the page asks, in ms. A node asks the others once a second at most. */
const everyMs = { usual: 3_000, demo: 1_000 }

const BotsPanel = later(() => import('./bots-panel.tsx').then(({ BotsPanel: part }) => part))

export function ClusterPage() {
  const token = demoToken(location.hash)
  const followed = useCluster(token === null ? everyMs.usual : everyMs.demo)
  const demo = useDemo(token)
  const names = makeNodeNames(demo.state)
  useTitle(text('clusterTitle'))
  return (
    <main class="page cluster">
      <h1>{text('clusterTitle')}</h1>
      <Reporter followed={followed} names={names} />
      {demo.isSilent && <p class="trouble">{text('demoSilent')}</p>}
      <div class="live">
        <ClusterMap followed={followed} names={names} demo={demo} />
        <div>
          {demo.state !== null && <BotsPanel bots={demo.state.bots} />}
          <Feed feed={followed.feed} names={names} now={followed.now} />
        </div>
      </div>
      <ClusterTables followed={followed} names={names} />
    </main>
  )
}

/** Who says all this, or that nobody answers. The same height in each case. */
function Reporter({
  followed: { last, isAnswered, hasAsked, seen },
  names,
}: {
  readonly followed: Followed
  readonly names: NodeNames
}) {
  if (last === null) return <p class="quiet">{text(hasAsked ? 'clusterUnanswered' : 'loading')}</p>
  const { journal, durability, from } = last
  if (isAnswered)
    return (
      <p class="quiet">
        {text('clusterReported', { node: isolate(names(from)) })} {text('clusterJournal', { journal, durability })}
      </p>
    )
  const others = seen.map(({ node: { url } }) => url).filter((url) => URL.parse(url)?.origin !== location.origin)
  return (
    <p class="trouble">
      {text('clusterSilent')}
      {others.length > 0 && <> {text('clusterElsewhere')}</>}
      {others.map((url) => (
        <span key={url}>
          {' '}
          <a href={`${url}/cluster`} translate={false}>
            {names(url)}
          </a>
        </span>
      ))}
    </p>
  )
}

function Feed({
  feed,
  names,
  now,
}: {
  readonly feed: readonly ClusterEvent[]
  readonly names: NodeNames
  readonly now: number
}) {
  // Times of the page's clock as times of day.
  const wall = systemClock.wall() - now
  const format = new Intl.DateTimeFormat(language.value, { timeStyle: 'medium' })
  return (
    <section>
      <h2>{text('clusterFeed')}</h2>
      {feed.length === 0 && <p class="quiet">{text('clusterCalm')}</p>}
      <div role="log" aria-label={text('clusterFeed')} class="feed">
        {feed.map((event) => (
          <p key={`${event.at} ${JSON.stringify(event)}`}>
            <time class="quiet">{format.format(wall + event.at)}</time> <span>{sayEvent(event, names)}</span>
          </p>
        ))}
      </div>
    </section>
  )
}

function sayEvent(event: ClusterEvent, names: NodeNames): string {
  switch (event.what) {
    case 'gone':
      return text('feedGone', { node: isolate(names(event.node)) })
    case 'new':
      return text('feedNew', { node: isolate(names(event.node)) })
    case 'back':
      return text('feedBack', { node: isolate(names(event.node)), time: sayAge(event.ms / 1_000) })
    case 'ready':
      return text('feedReady', { node: isolate(names(event.node)) })
    case 'notReady':
      return text('feedNotReady', { node: isolate(names(event.node)) })
    case 'answered':
      return text('feedAnswered', { node: isolate(names(event.node)) })
    case 'silent':
      return text('feedSilent', { server: isolate(event.server) })
    case 'heard':
      return text('feedHeard', { server: isolate(event.server) })
    case 'leads':
      return text('feedLeads', { server: isolate(event.server), stream: isolate(event.stream) })
    case 'leaderless':
      return text('feedLeaderless', { stream: isolate(event.stream) })
    case 'journalSilent':
      return text('clusterJournalSilent')
    case 'unanswered':
      return text('clusterUnanswered')
  }
}
