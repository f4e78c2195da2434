/**
 * What followers receive of a stream's messages: the entries, without void messages. The servers repeat new messages as they
 * store them; those that are missing are read.
 */
import { type Clock, sleep } from '../../base/index.ts'
import { type Chain, chainStart } from '../chain.ts'
import { Feed } from '../follower.ts'
import { type Entry, type GameId, JournalFault, type Subscription, type Version } from '../journal.ts'
import { LruCache } from '../lru-cache.ts'
import { streamHeadsMax, retryMs } from './limits.ts'
import { makeStreamEntry, type Message } from './message.ts'

export interface FeedParts {
  readonly page: (after: number) => Promise<readonly Message[]>
  readonly clock: Clock
  /** The sequence of the last message. */
  readonly end: number
  /** Called when a follower that had caught up cannot continue. */
  readonly fail: (fault: JournalFault) => void
}

export class JetStreamFeed extends Feed<Message> {
  constructor({ page, clock, end, fail }: FeedParts) {
    super({
      end,
      // Empty if the server that answered lags, or none answers.
      page: (after) =>
        page(after).catch((cause: unknown) => {
          if (cause instanceof JournalFault && cause.fault === 'unavailable') return []
          throw cause
        }),
      pause: (isRetry) => (isRetry ? sleep(clock, retryMs) : Promise.resolve()),
      fail: (cause) => {
        if (!(cause instanceof JournalFault)) throw cause
        fail(cause)
      },
    })
  }

  /** @param ended resolves with the sequence of the last message that was stored at the time of the call. */
  followEntries(
    after: number,
    handler: (entries: readonly Entry[]) => void,
    ended: Promise<number>,
  ): Required<Subscription> {
    const filter = new EntryFilter()
    const take = (messages: readonly Message[]): void => {
      this.grow(messages.at(-1)?.sequence ?? 0)
      const entries = messages.filter((message) => filter.isEntry(message)).map(makeStreamEntry)
      if (entries.length > 0) handler(entries)
    }
    return this.follow(after, take, ended)
  }
}

/** The last known entry of a game. isSure: the follower has verified the game from its first entry. */
interface Seen {
  readonly version: Version
  readonly chain: Chain
  readonly isSure: boolean
}

/** Separates the entries that one follower receives from void messages. */
class EntryFilter {
  readonly #seen = new LruCache<GameId, Seen>(streamHeadsMax)

  /**
   * Whether a message is an entry, not a void message, as far as the follower can tell. If the follower has not received the
   * beginning of a game, it accepts the first message of the game. A void message that passes is detected when the game is
   * folded.
   */
  isEntry(message: Message): boolean {
    const { game, version, chain } = message
    if (version === 0) return false
    const before = this.#seen.get(game) ?? (version === 1 ? { version: 0, chain: chainStart, isSure: true } : undefined)
    if (before !== undefined && version <= before.version) return false
    const follows = before?.version === version - 1 && message.follows(before.chain)
    if (before?.isSure === true && !follows) return false
    this.#seen.set(game, { version, chain, isSure: before?.isSure === true })
    return true
  }
}
