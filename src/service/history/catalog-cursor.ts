/** Pages of a list of games that is sorted by time, latest first, and by id where times are equal. */
import type { JournalId } from '../../journal/index.ts'
import { Fault } from '../../protocol/fault.ts'
import type { GameSummary } from '../../protocol/index.ts'
import type { Page } from './catalog-store.ts'

/** What a cursor has of its history's name: a list that began in one history does not go on in another. */
const historyCharacters = 12

/** The cursor of a catalog: a place in the lists of one history, however that is written. */
export function makeCursor(history: JournalId, place: string): string {
  return `${history.slice(0, historyCharacters)}.${place}`
}

/** @throws Fault 'invalid-params' for a cursor of another history */
export function placeIn(history: JournalId, cursor: string): string {
  const mark = makeCursor(history, '')
  if (!cursor.startsWith(mark)) throw strangeCursor()
  return cursor.slice(mark.length)
}

export function strangeCursor(): Fault {
  return new Fault('invalid-params', 'cursor: it is no next of a page of these games: ask for the first page')
}

/** A place in the list: behind this game. */
export interface Place {
  readonly at: number
  readonly game: string
}

/** Before the first game. */
const start: Place = { at: Infinity, game: '' }

const grammar = /^(\d{1,15})\.([A-Za-z0-9_-]{1,64})$/

/** @throws Fault 'invalid-params' for what {@link makePage} did not make. */
export function parseCursor(cursor: string | undefined): Place {
  if (cursor === undefined) return start
  const match = grammar.exec(cursor)
  if (match === null) throw new Fault('invalid-params', 'cursor: pass on the next of a page as it was')
  const [, at, game = ''] = match
  return { at: Number(at), game }
}

/** The order of the list: negative if `a` comes before `b`. */
export function compareLatest(a: Place, b: Place): number {
  if (a.at !== b.at) return b.at - a.at
  return a.game === b.game ? 0 : a.game < b.game ? 1 : -1
}

/** A page of the first `limitRows` of `games`, which are in order; there is a next one if there are more. */
export function makePage(games: readonly GameSummary[], limitRows: number): Page {
  const shown = games.slice(0, limitRows)
  const last = shown.at(-1)
  return games.length > limitRows && last !== undefined
    ? { games: shown, next: `${last.at}.${last.game}` }
    : { games: shown }
}
