/**
 * The contract of every journal: one append-only, versioned log for each game. A follower receives the entries of all games.
 *
 * A journal does not know the rules of games. The entries of a game are numbered 1, 2, 3 …; a journal does not interpret
 * their bodies.
 */

/** 1 to 64 characters of A–Z a–z 0–9 _ -. */
export type GameId = string

/** The number of entries of a game, which is the number of its last entry. 0: the game does not exist. */
export type Version = number

/**
 * A place in the whole journal. Only the journal that made it can compare or interpret it. Empty: before the first entry.
 * Following from the position of an entry continues after it and repeats nothing that this follower has received.
 * In a journal without partitions an entry has the same position for all followers.
 */
export type Position = string

export interface Entry {
  readonly position: Position
  readonly game: GameId
  readonly version: Version
  readonly body: string
  /** Ties this entry to all entries of the game before it; see `chain.ts`. */
  readonly chain: string
}

/**
 * 'stored': the entry is durable at the level that the journal promises. 'conflict': nothing was stored, because `after` is
 * not the version of the game.
 */
export type Appended = 'stored' | 'conflict'

/**
 * The failure that acknowledged entries survive. memory: none. process: a crash of the process. disk: a power cut.
 * quorum: the loss of a minority of machines, but not a power cut of all machines at once.
 */
export const durabilities = ['memory', 'process', 'disk', 'quorum'] as const
export type Durability = (typeof durabilities)[number]

/** 1 to 32 characters of A–Z a–z 0–9 _ -. */
export type JournalId = string

export interface Journal {
  /**
   * Identifies this journal. The id is made with the journal, is unique to it and never changes. A copy of a journal has the
   * id of the original.
   */
  readonly id: JournalId
  readonly durability: Durability
  /** The damage that the engine has found since it was opened, as text for the operator; null or absent: none. */
  readonly damage?: string | null

  /**
   * Stores `body` as entry `after + 1` of `game` if the game's version is `after`. Resolves with 'stored' once the entry is
   * durable, or with 'conflict'. Appends to different games may resolve in any order.
   * @throws JournalFault 'outcome-unknown' if the append was sent and never confirmed; 'storage-full', 'unavailable'
   *   or 'corrupt' if nothing was stored.
   */
  append(game: GameId, after: Version, body: string): Promise<Appended>

  /**
   * Reads a page of the durable entries of `game` with a version above `after` (default 0), oldest first, without gaps and
   * without void entries (those whose version was taken, SPEC [J1]). A page has at most `limit` entries (1 or more), and never more than {@link pageEntriesMax}, which
   * is the default: no reader needs memory for a whole game. A shorter page is the last one. The page of an unknown game is
   * empty.
   * @throws JournalFault 'corrupt' if an entry does not match its chain; 'unavailable'.
   */
  read(game: GameId, after?: Version, limit?: number): Promise<readonly Entry[]>

  /**
   * Reads a page from the end: the last entries with a version below `before` (default: all), oldest first. A page with
   * fewer entries than asked for begins with entry 1. If the engine can, a long game costs no more than a short one.
   * @throws JournalFault as {@link read}.
   */
  readBack(game: GameId, before?: Version, limit?: number): Promise<readonly Entry[]>

  /**
   * Calls `handler` with the entries of all games after position `after`: first the stored entries, then each new entry once
   * it is durable. Each entry is delivered once, in journal order. Calls never overlap, a batch is never empty, and the
   * first call comes after this method has returned. In a journal of several partitions only entries of the same partition
   * are ordered.
   * @throws JournalFault 'corrupt' if the journal never gave out `after`: it is of another journal, or this one has lost
   *   its last entries.
   */
  follow(after: Position, handler: (entries: readonly Entry[]) => void): Subscription

  /**
   * Calls `handler` with the version and the entry of each append to `game` from now on, by any writer, once it is durable.
   * The entry is null if only the version is known: the listener must read the game.
   * A version may be left out if a later one follows. The last version is always delivered: at once or, if its notification
   * was lost, later. The first call comes after this method has returned. A caller that listens first and then reads misses
   * nothing.
   */
  listen(game: GameId, handler: OnEntries): Listening

  /** Whether the journal would accept an append to `game` now. If the method is absent, assume that it would. */
  isAwake?(game: GameId): Promise<boolean>

  /**
   * The time between `from` and `to` in which nobody could append to `game`, in ms, as far as this node knows. `from` and
   * `to` are instants of the monotonic clock. If the method is absent, assume 0.
   */
  awayMs?(game: GameId, from: number, to: number): number

  /** Waits for appends in flight, then releases all resources. Idempotent. Any other call afterwards fails as 'unavailable'. */
  close(): Promise<void>
}

export interface Subscription {
  /**
   * Resolves when every entry that was stored at the time of the `follow` call has been delivered. Rejects if that cannot
   * happen: 'corrupt', or 'unavailable' if the subscription or the journal was closed first.
   */
  readonly caughtUp: Promise<void>
  /**
   * How far the follower has come, including records that are not entries. Absent: it is at the last entry that was
   * delivered.
   */
  readonly position?: Position
  /** Idempotent. The handler is not called after this returns. */
  close(): void
}

export type OnEntries = (version: Version, entry: Entry | null) => void

export interface Listening {
  /** Idempotent. The handler is not called after this returns. */
  close(): void
}

export const journalFaults = ['outcome-unknown', 'storage-full', 'unavailable', 'corrupt', 'locked'] as const
export type JournalFaultName = (typeof journalFaults)[number]

/** A failure of the storage or the network under the journal. The message tells the operator what failed and where. */
export class JournalFault extends Error {
  override readonly name = 'JournalFault'
  readonly fault: JournalFaultName

  constructor(fault: JournalFaultName, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}
