/**
 * The states of games that are not in memory, folded from the entries of the journal's follower, so that no game is
 * read again for each entry.
 */
import { type Event, type Game, players } from '../../game/index.ts'
import { type Entry, type Journal, pagesOf, LruCache } from '../../journal/index.ts'
import { parseBody, statusOf } from '../../protocol/index.ts'
import { fold } from '../games/fold.ts'

/** A game and the times that its summary needs. */
export interface FoldedGame {
  readonly game: Game
  /** When its status last changed, and when its last event was decided; in ms of the wall clock. */
  readonly changedAt: number
  readonly lastAt: number
}

/** nothing: the entry changes no list. unknown: the game must be read from the journal. */
export type FoldResult = FoldedGame | 'nothing' | 'unknown'

/** Unfinished games, some kilobytes each: more than are played at a time. A game that is evicted is read once more. */
const unfinishedMax = 1 << 17
/** Games whose row no longer changes, by id. */
const settledMax = 1 << 17

export class GameFolds {
  readonly #unfinished = new LruCache<string, FoldedGame>(unfinishedMax)
  /** Open boards, which are in nobody's history, and finished games, after which only events about a rematch follow. */
  readonly #settled = new LruCache<string, true>(settledMax)

  /** Applies an entry and returns the result. @throws if the body is no event */
  take(entry: Entry): FoldResult {
    const { game: id, version } = entry
    if (version > 1 && this.#settled.get(id) === true) return 'nothing'
    const before = version === 1 ? null : (this.#unfinished.get(id) ?? 'unknown')
    if (before === 'unknown' || version > (before?.game.version ?? 0) + 1) return 'unknown'
    if (version <= (before?.game.version ?? 0)) return 'nothing'
    const after = advance(before, entry)
    this.#remember(id, after)
    return after ?? 'nothing'
  }

  /** Reads a game from the journal. Null: it is in nobody's history. @throws JournalFault */
  async read(journal: Journal, id: string): Promise<FoldedGame | null> {
    let folded: FoldedGame | null = null
    for await (const page of pagesOf(journal, id))
      for (const entry of page) {
        folded = advance(folded, entry)
        // Stops early: an open board may have been cleared a million times.
        if (folded === null) return this.#remember(id, null)
      }
    return folded && this.#remember(id, folded)
  }

  #remember(id: string, folded: FoldedGame | null): FoldedGame | null {
    if (folded !== null && statusOf(folded.game) !== 'over') {
      this.#unfinished.set(id, folded)
    } else {
      this.#unfinished.delete(id)
      this.#settled.set(id, true)
    }
    return folded
  }
}

/** Null for an open board. */
function advance(before: FoldedGame | null, entry: Entry): FoldedGame | null {
  const game = fold(before?.game ?? null, [entry])
  if (game === null || game.seats === 'open') return null
  const { at, event } = parseBody(entry.body)
  return { game, changedAt: changesStatus(game, event) ? at : (before?.changedAt ?? at), lastAt: at }
}

/** True if the game is in an account's history: a seat has an owner. */
export function isListed(game: Game): boolean {
  return players.some((player) => game.players[player] !== null)
}

/** True if `event`, which led to `game`, changes its row. */
export function changesStatus(game: Game, event: Event): boolean {
  if (event.type === 'created' || event.type === 'joined' || event.type === 'restarted') return true
  return statusOf(game) === 'over' && !('what' in event && event.what === 'rematch')
}
