/** How games stand that are heard of and not in memory: folded from what is heard, so that none is read again for it. */
import { type Event, type Game, players } from '../../game/index.ts'
import { type Entry, type Journal, pagesOf, LruCache } from '../../journal/index.ts'
import { parseBody, statusOf } from '../../protocol/index.ts'
import { fold } from '../games/fold.ts'

/** A game as it is at its version. */
export interface Standing {
  readonly game: Game
  /** When its status changed last, and when its last event was decided. */
  readonly changedAt: number
  readonly lastAt: number
}

/** nothing: the entry changes no list. unknown: the game has to be read. */
export type Taken = Standing | 'nothing' | 'unknown'

/** Games that go on, some kilobytes each: more than are played at a time. What falls out is read once more. */
const goingMax = 1 << 17
/** Games of which nothing is listed any more, by their ids. */
const settledMax = 1 << 17

export class GameFolds {
  readonly #going = new LruCache<string, Standing>(goingMax)
  /** Open boards, which are in nobody's history, and games that are over, after which only a rematch is talked about. */
  readonly #settled = new LruCache<string, true>(settledMax)

  /** What follows from an entry. @throws what is no event */
  take(entry: Entry): Taken {
    const { game: id, version } = entry
    if (version > 1 && this.#settled.get(id) === true) return 'nothing'
    const before = version === 1 ? null : (this.#going.get(id) ?? 'unknown')
    if (before === 'unknown' || version > (before?.game.version ?? 0) + 1) return 'unknown'
    if (version <= (before?.game.version ?? 0)) return 'nothing'
    const after = advance(before, entry)
    this.#keep(id, after)
    return after ?? 'nothing'
  }

  /** Reads a game as it is in the journal. Null: it is in nobody's history. @throws JournalFault */
  async read(journal: Journal, id: string): Promise<Standing | null> {
    let standing: Standing | null = null
    for await (const page of pagesOf(journal, id))
      for (const entry of page) {
        standing = advance(standing, entry)
        // It may have been cleared a million times.
        if (standing === null) return this.#keep(id, null)
      }
    return standing && this.#keep(id, standing)
  }

  #keep(id: string, standing: Standing | null): Standing | null {
    if (standing !== null && statusOf(standing.game) !== 'over') {
      this.#going.set(id, standing)
    } else {
      this.#going.delete(id)
      this.#settled.set(id, true)
    }
    return standing
  }
}

/** Null for an open board. */
function advance(before: Standing | null, entry: Entry): Standing | null {
  const game = fold(before?.game ?? null, [entry])
  if (game === null || game.seats === 'open') return null
  const { at, event } = parseBody(entry.body)
  return { game, changedAt: changesStatus(game, event) ? at : (before?.changedAt ?? at), lastAt: at }
}

/** Whether the game is in anybody's history: somebody has sat down at it. */
export function isListed(game: Game): boolean {
  return players.some((player) => game.players[player] !== null)
}

/** Whether `event`, which led to `game`, shows in a list. */
export function changesStatus(game: Game, event: Event): boolean {
  if (event.type === 'created' || event.type === 'joined' || event.type === 'restarted') return true
  return statusOf(game) === 'over' && !('what' in event && event.what === 'rematch')
}
