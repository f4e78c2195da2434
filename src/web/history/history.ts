/** The visitor's finished games on the server, as far as they were read, newest first. */
import { signal } from '@preact/signals'
import { systemClock } from '../../base/index.ts'
import type { Client, Result } from '../../client/index.ts'
import { ignoreRefusal } from '../state/ask.ts'
import { server } from '../state/server.ts'
import { type Played, playedOf } from './figures.ts'

/** Between two pages of all games, in ms: half of what a connection may ask remains for the visitor's other requests. */
const pauseMs = 100

export interface ReadGames {
  readonly games: readonly Played[]
  /** The cursor of the next page; undefined: all were read; null: none was read yet. */
  readonly next: string | null | undefined
  /** What has ended in the last seconds may be missing. */
  readonly isBehind: boolean
  readonly isReading: boolean
  /** The last page could not be read. */
  readonly isCut: boolean
}

const none: ReadGames = { games: [], next: null, isBehind: false, isReading: false, isCut: false }
export const history = signal<ReadGames>(none)

/** Invalidates what an earlier visit to the page still reads. */
let visits = 0

/** Reads the newest page. Returns the function that ends the visit. */
export function visitHistory(): () => void {
  history.value = none
  visits++
  void readOlder()
  return () => void visits++
}

/** Reads the next page. Resolves with whether there is one more. */
export async function readOlder(): Promise<boolean> {
  const before = history.peek()
  if (before.isReading || before.next === undefined) return false
  const visit = visits
  history.value = { ...before, isReading: true, isCut: false }
  const page = await readPage(server(), before.next)
  if (visit !== visits) return false
  history.value = page === null ? { ...before, isCut: true } : add(before, page)
  return page?.next !== undefined
}

/** Reads page after page to the end, unless one fails or the visitor leaves. */
export async function readAll(): Promise<void> {
  while (await readOlder()) await new Promise<void>((resolve) => systemClock.after(pauseMs, resolve))
}

interface Page {
  readonly games: readonly Played[]
  readonly next: string | undefined
  readonly isBehind: boolean
}

async function readPage(client: Client, cursor: string | null): Promise<Page | null> {
  try {
    const me = await client.ready()
    const answer: Result<'account.games'> = await client.call('account.games', {
      status: 'over',
      ...(cursor === null ? {} : { cursor }),
    })
    const games = answer.games.map((summary) => playedOf(summary, me.id)).filter((played) => played !== null)
    return { games, next: answer.next, isBehind: answer.behind === true }
  } catch (error) {
    return ignoreRefusal(error)
  }
}

function add(before: ReadGames, { games, next, isBehind }: Page): ReadGames {
  return {
    games: [...before.games, ...games],
    next,
    isBehind: before.isBehind || isBehind,
    isReading: false,
    isCut: false,
  }
}
