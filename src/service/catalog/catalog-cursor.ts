/** Pages of a list of games, sorted by time, latest first; games with equal times are sorted by id. */
import type { JournalId } from '../../journal/index.ts'
import { Fault, type GameSummary } from '../../protocol/index.ts'
import { gameIdPattern } from '../../protocol/game-id.ts'
import type { Page } from './catalog-store.ts'

/** How much of its history's id a cursor contains: a list that began in one history does not continue in another. */
const historyCharacters = 12

/** Makes the cursor of a catalog: a place in the lists of one history, in whatever format. */
export function makeCursor(history: JournalId, place: string): string {
  return `${history.slice(0, historyCharacters)}.${place}`
}

/** Returns the place that a cursor contains. @throws Fault 'invalid-params' for a cursor of another history */
export function placeIn(history: JournalId, cursor: string): string {
  const mark = makeCursor(history, '')
  if (!cursor.startsWith(mark)) throw makeUnknownCursor()
  return cursor.slice(mark.length)
}

export function makeUnknownCursor(): Fault {
  return new Fault('invalid-params', 'cursor: it belongs to no page of this list: ask for the first page')
}

/** A place in the list: right after this game. */
export interface CursorPlace {
  readonly at: number
  readonly game: string
}

/** Before the first game. */
const start: CursorPlace = { at: Infinity, game: '' }

const grammar = new RegExp(`^(\\d{1,15})\\.(${gameIdPattern})$`)

/** @throws Fault 'invalid-params' for a text that {@link makeCatalogPage} did not make. */
export function parseCursor(cursor: string | undefined): CursorPlace {
  if (cursor === undefined) return start
  const match = grammar.exec(cursor)
  if (match === null) throw new Fault('invalid-params', 'cursor: it must be the unchanged `next` of a page')
  const [, at, game = ''] = match
  return { at: Number(at), game }
}

/** The order of the list: negative if `a` comes before `b`. */
export function compareLatest(a: CursorPlace, b: CursorPlace): number {
  if (a.at !== b.at) return b.at - a.at
  return a.game === b.game ? 0 : a.game < b.game ? 1 : -1
}

/** Makes a page of the first `limitRows` of `games`, which must be sorted. It has a `next` if there are more. */
export function makeCatalogPage(games: readonly GameSummary[], limitRows: number): Page {
  const shown = games.slice(0, limitRows)
  const last = shown.at(-1)
  return games.length > limitRows && last !== undefined
    ? { games: shown, next: `${last.at}.${last.game}` }
    : { games: shown }
}
