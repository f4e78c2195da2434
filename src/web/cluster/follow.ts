/** Follows the report of `/cluster` while its page is shown. The page keeps the last minute, so nodes need no memory of it. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { systemClock, type Timer } from '../../base/index.ts'
import type { ClusterStatus } from '../../protocol/cluster-status.ts'
import { addEvents, type ClusterEvent } from './feed.ts'
import { type Known, nothingKnown, remember } from './status.ts'

/** How long a node may take to answer, in ms: longer than it waits for the others. */
const answerMsMax = 4_000

export interface Followed extends Known {
  /** The events of the last minute, the newest first. */
  readonly feed: readonly ClusterEvent[]
  readonly now: number
  /** Whether a request has had an answer, or none in time. */
  readonly hasAsked: boolean
}

/** @param everyMs how often to ask */
export function useCluster(everyMs: number): Followed {
  const followed = useSignal<Followed>({ ...nothingKnown, feed: [], now: 0, hasAsked: false })
  useEffect(
    () =>
      repeat(everyMs, async (isLeft) => {
        const status = await askJson<ClusterStatus>('/cluster')
        if (isLeft()) return
        const now = systemClock.now()
        const { feed, ...known } = followed.value
        followed.value = {
          ...remember(known, status, now),
          feed: addEvents(feed, known, status, now),
          now,
          hasAsked: true,
        }
      }),
    [],
  )
  return followed.value
}

/** Calls `work` now and again `ms` after each end, until the returned function is called. */
export function repeat(ms: number, work: (isLeft: () => boolean) => Promise<void>): () => void {
  let timer: Timer | undefined
  let isLeft = false
  const run = async (): Promise<void> => {
    await work(() => isLeft)
    if (!isLeft) timer = systemClock.after(ms, () => void run())
  }
  void run()
  return () => {
    isLeft = true
    timer?.cancel()
  }
}

/** Null without an answer. */
export async function askJson<T>(path: string, headers: Readonly<Record<string, string>> = {}): Promise<T | null> {
  try {
    const signal = AbortSignal.timeout(answerMsMax)
    const answer = await fetch(path, { headers: { Accept: 'application/json', ...headers }, signal })
    return answer.ok ? ((await answer.json()) as T) : null
  } catch {
    return null
  }
}
