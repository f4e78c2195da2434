/** Reads pages of one game from any version. Separates its entries from void messages. */
import { type Entry, type GameId, JournalFault, type Version } from '../journal.ts'
import { pageEntriesMax } from '../limits.ts'
import { pageSize } from '../pages.ts'
import { LruCache } from '../lru-cache.ts'
import { GameLog, type GameHead, noHead } from './game-log.ts'
import { placesMax } from './limits.ts'
import { makeStreamEntry, type Message } from './message.ts'
import type { JetStreamReader } from './reader.ts'

export class GameReader {
  readonly #reader: JetStreamReader
  /** Shared with the writer, and updated when entries of other writers arrive. */
  readonly #heads: LruCache<GameId, GameHead>
  /** The states at which pages ended, by game and version, so that the next page need not be read from the beginning. */
  readonly #places = new LruCache<string, GameHead>(placesMax)

  constructor(reader: JetStreamReader, heads: LruCache<GameId, GameHead>) {
    this.#reader = reader
    this.#heads = heads
  }

  /** See `Journal.read`. */
  async page(game: GameId, after: Version, limit?: number): Promise<readonly Entry[]> {
    const size = pageSize(limit)
    const entries: Entry[] = []
    await this.#scan(game, after, (entry) => entries.push(entry) < size)
    return entries
  }

  /** See `Journal.readBack`. */
  async pageBack(game: GameId, before: Version, limit?: number): Promise<readonly Entry[]> {
    const size = pageSize(limit)
    // Most games are short, so one answer contains the whole game.
    const first: Entry[] = []
    await this.#scan(game, 0, (entry) => entry.version < before && first.push(entry) < pageEntriesMax)
    if (first.length < pageEntriesMax || (first.at(-1)?.version ?? 0) === before - 1) return first.slice(-size)
    return (await this.#end(game, before, size)) ?? this.#readFromStart(game, before, size)
  }

  /** Reads the game from its beginning. */
  async #readFromStart(game: GameId, before: Version, size: number): Promise<readonly Entry[]> {
    const last: Entry[] = []
    await this.#scan(game, 0, (entry) => {
      if (entry.version >= before) return false
      if (last.push(entry) >= 2 * size) last.splice(0, size)
      return true
    })
    return last.slice(-size)
  }

  /**
   * Reads the last entries without the entries before them; null if they cannot be distinguished from void messages. Each
   * writer has at most one append of a game in flight, so a void message is never followed by a whole page of void messages:
   * in a page of messages that are each chained to the one before, all are entries.
   */
  async #end(game: GameId, before: Version, size: number): Promise<readonly Entry[] | null> {
    const until = this.#placeAt(game, before - 1)
    const found = await this.#reader.last(game, until?.token ?? null, Math.max(size, pageEntriesMax) + 1)
    if (found === null || found.isWhole) return null
    const [link, ...rest] = found.messages
    if (link === undefined) return null
    let previous = link
    for (const message of rest) {
      if (message.version !== previous.version + 1 || !message.follows(previous.chain)) return null
      previous = message
    }
    if (before !== Infinity && previous.version !== before - 1) return null
    const page = rest.slice(-size)
    const base = rest.at(-size - 1) ?? link
    this.#keep(game, { version: base.version, chain: base.chain, token: base.sequence })
    return page.map(makeStreamEntry)
  }

  /** Passes the entries above `after` to `take` until it returns false. */
  async #scan(game: GameId, after: Version, take: (entry: Entry) => boolean): Promise<void> {
    const place = after === 0 ? undefined : this.#placeAt(game, after)
    const takeAbove = (message: Message): boolean => message.version <= after || take(makeStreamEntry(message))
    if (place === undefined) return this.#scanFrom(game, noHead, after, takeAbove)
    const taken: Message[] = []
    try {
      await this.#scanFrom(game, place, after, (message) => taken.push(message) < pageEntriesMax)
    } catch (cause) {
      if (!(cause instanceof JournalFault) || cause.fault !== 'corrupt') throw cause
      // A void message may follow another void message that is before the place: read from the beginning.
      return this.#scanFrom(game, noHead, after, takeAbove)
    }
    for (const message of taken) if (!takeAbove(message)) return
  }

  async #scanFrom(game: GameId, from: GameHead, after: Version, take: (message: Message) => boolean): Promise<void> {
    const log = new GameLog(from)
    const known = this.#heads.get(game)?.token ?? 0
    let isEnough = false
    // A reader that asks for entries after a version wants to know whether there are any: an outdated answer would be wrong.
    await this.#reader.game({ game, from: from.token + 1, known, mustBeNewest: after > 0 }, (message) => {
      isEnough = log.take(message) && !take(message)
      return !isEnough
    })
    if (isEnough) this.#keep(game, log.head)
    else this.#heads.set(game, newer(this.#heads.get(game), log.head))
  }

  #placeAt(game: GameId, version: Version): GameHead | undefined {
    const head = this.#heads.get(game)
    return head?.version === version ? head : this.#places.get(`${game} ${version}`)
  }

  #keep(game: GameId, place: GameHead): void {
    this.#places.set(`${game} ${place.version}`, place)
  }
}

/** The newer of two heads; `found` if there is no other. */
function newer(known: GameHead | undefined, found: GameHead): GameHead {
  return known !== undefined && known.token > found.token ? known : found
}
