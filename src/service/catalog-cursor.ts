/** Pages of a list of games that is sorted by time, latest first, and by id where times are equal. */
import { Fault } from '../protocol/errors.ts'
import type { GameSummary } from '../protocol/index.ts'
import type { Page } from './catalog-store.ts'

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
