/** Pages of one game: which messages of its subject are entries, from wherever a reader stands. */
import { type Entry, type GameId, JournalFault, type Version } from '../journal.ts'
import { pageEntriesMax } from '../limits.ts'
import { pageSize } from '../pages.ts'
import { LruCache } from '../lru-cache.ts'
import { GameLog, type Head, noHead } from './game-log.ts'
import { placesMax } from './limits.ts'
import { makeEntry, type Message } from './message.ts'
import type { Reader } from './reader.ts'

export class GameReader {
  readonly #reader: Reader
  /** Shared with whoever writes, and hears of other writers' entries. */
  readonly #heads: LruCache<GameId, Head>
  /** Where pages ended, so that the next one need not begin at the beginning; by game and version. */
  readonly #places = new LruCache<string, Head>(placesMax)

  constructor(reader: Reader, heads: LruCache<GameId, Head>) {
    this.#reader = reader
    this.#heads = heads
  }

  /** As `Journal.read`. */
  async page(game: GameId, after: Version, limit?: number): Promise<readonly Entry[]> {
    const size = pageSize(limit)
    const entries: Entry[] = []
    await this.#scan(game, after, (entry) => entries.push(entry) < size)
    return entries
  }

  /** As `Journal.readBack`. */
  async pageBack(game: GameId, before: Version, limit?: number): Promise<readonly Entry[]> {
    const size = pageSize(limit)
    // Most games are short: all of them comes in one answer.
    const first: Entry[] = []
    await this.#scan(game, 0, (entry) => entry.version < before && first.push(entry) < pageEntriesMax)
    if (first.length < pageEntriesMax || (first.at(-1)?.version ?? 0) === before - 1) return first.slice(-size)
    return (await this.#end(game, before, size)) ?? this.#longWay(game, before, size)
  }

  /** From the beginning to the end. */
  async #longWay(game: GameId, before: Version, size: number): Promise<readonly Entry[]> {
    const last: Entry[] = []
    await this.#scan(game, 0, (entry) => {
      if (entry.version >= before) return false
      if (last.push(entry) >= 2 * size) last.splice(0, size)
      return true
    })
    return last.slice(-size)
  }

  /**
   * The last entries without those before them; null where they cannot be told from void messages. One writer has one
   * append of a game under way, so that a void message is never followed by a whole page of others: messages of which
   * each is chained to the one before are entries.
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
    return page.map(makeEntry)
  }

  /** Gives `take` the entries above `after` until it has enough. */
  async #scan(game: GameId, after: Version, take: (entry: Entry) => boolean): Promise<void> {
    const place = after === 0 ? undefined : this.#placeAt(game, after)
    const takeAbove = (message: Message): boolean => message.version <= after || take(makeEntry(message))
    if (place === undefined) return this.#scanFrom(game, noHead, after, takeAbove)
    const taken: Message[] = []
    try {
      await this.#scanFrom(game, place, after, (message) => taken.push(message) < pageEntriesMax)
    } catch (cause) {
      if (!(cause instanceof JournalFault) || cause.fault !== 'corrupt') throw cause
      // The void message that explains another one may lie before the place.
      return this.#scanFrom(game, noHead, after, takeAbove)
    }
    for (const message of taken) if (!takeAbove(message)) return
  }

  async #scanFrom(game: GameId, from: Head, after: Version, take: (message: Message) => boolean): Promise<void> {
    const log = new GameLog(from)
    const known = this.#heads.get(game)?.token ?? 0
    let isEnough = false
    // Who asks for what follows a version wants to know whether anything does: an old answer would be a wrong one.
    await this.#reader.game({ game, from: from.token + 1, known, mustBeNewest: after > 0 }, (message) => {
      isEnough = log.take(message) && !take(message)
      return !isEnough
    })
    if (isEnough) this.#keep(game, log.head)
    else this.#heads.set(game, newer(this.#heads.get(game), log.head))
  }

  #placeAt(game: GameId, version: Version): Head | undefined {
    const head = this.#heads.get(game)
    return head?.version === version ? head : this.#places.get(`${game} ${version}`)
  }

  #keep(game: GameId, place: Head): void {
    this.#places.set(`${game} ${place.version}`, place)
  }
}

/** The head that is further; `found` if nothing else is known. */
function newer(known: Head | undefined, found: Head): Head {
  return known !== undefined && known.token > found.token ? known : found
}
