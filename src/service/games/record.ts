/** The record of a game, whole or one page of it. */
import { type Entry, pageEntriesMax } from '../../journal/index.ts'
import { Fault, makeRecordEntry } from '../../protocol/index.ts'
import type { Games } from './games.ts'
import type { Reply } from '../sessions/reply.ts'
import type { ClientSession } from '../sessions/client-session.ts'
import type { ServiceContext } from '../context.ts'

interface RecordContext {
  readonly shared: ServiceContext
  readonly games: Games
}

/**
 * Answers with the whole record. Reads it page by page, each with a permit of its own, so that a long record delays nobody, and
 * stops when the session has ended.
 */
export async function answerRecord(
  { shared, games }: RecordContext,
  session: ClientSession,
  game: string,
  reply: Reply,
) {
  const { journal, limits, permits } = shared
  const { version } = await permits.read(session, () => games.load(game, session))
  if (version > limits.recordEntriesMax)
    throw new Fault('too-many', `${game} has ${version} entries: ask in pages, from entry 1`, {
      limit: limits.recordEntriesMax,
    })
  const texts: string[] = []
  let last: Entry | undefined
  for (let page: readonly Entry[] | null = null; page === null || page.length === pageEntriesMax;) {
    const after = last?.version ?? 0
    page = await permits.read(session, () => journal.read(game, after))
    if (page.length > 0) texts.push(textOf(page))
    last = page.at(-1) ?? last
  }
  reply.text(makeRecord(game, texts.join(','), last))
}

/**
 * Answers with one page of entries from version `from` on, straight from the journal: the game is not loaded into
 * memory.
 * @throws Fault
 */
export async function answerRecordPage(
  { journal }: ServiceContext,
  game: string,
  from: number,
  reply: Reply,
): Promise<void> {
  const page = await journal.read(game, from - 1)
  const last = page.at(-1)
  if (last === undefined && (from === 1 || (await journal.read(game, 0, 1)).length === 0))
    throw new Fault('no-such-game', `there is no game ${game}`)
  reply.text(makeRecord(game, textOf(page), last, page.length === pageEntriesMax))
}

function textOf(page: readonly Entry[]): string {
  return page.map(makeRecordEntry).join(',')
}

function makeRecord(game: string, entries: string, last: Entry | undefined, hasMore = false): string {
  const next = hasMore && last !== undefined ? `,"next":${last.version + 1}` : ''
  return `{"game":"${game}","entries":[${entries}],"head":"${last?.chain ?? ''}"${next}}`
}
