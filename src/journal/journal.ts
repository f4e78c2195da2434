/**
 * The contract of every journal: an append-only, versioned log a game; what is followed is all of them.
 *
 * A journal knows nothing of games. Entries of a game are numbered 1, 2, 3 …; a body is text that nobody here reads.
 */

/** 1 to 64 characters of A–Z a–z 0–9 _ -. */
export type GameId = string

/** How many entries a game has; the number of its last entry. 0: the game does not exist. */
export type Version = number

/**
 * A place in the whole journal; only its maker can compare or read it. Empty: before the first entry. What `follow` gives
 * has everything before it that this follower was given; in a journal of one log that is the same for all.
 */
export type Position = string

export interface Entry {
  readonly position: Position
  readonly game: GameId
  readonly version: Version
  readonly body: string
  /** See `chain.ts`: ties this entry to all entries of the game before it. */
  readonly chain: string
}

/** 'stored': durable at the level the journal promises. 'conflict': nothing was stored, for `after` is not the head. */
export type Appended = 'stored' | 'conflict'

/**
 * What survives which failure. memory: nothing does. process: a crash of the process. disk: a power cut.
 * quorum: the loss of a minority of machines, but not a power cut of all of them at once.
 */
export const durabilities = ['memory', 'process', 'disk', 'quorum'] as const
export type Durability = (typeof durabilities)[number]

/** 1 to 32 characters of A–Z a–z 0–9 _ -. */
export type JournalId = string

export interface Journal {
  /**
   * Which journal this is: made with it, different from that of every other, the same whenever it is opened. A copy of a
   * journal has the id of the original.
   */
  readonly id: JournalId
  readonly durability: Durability
  /** What the engine has found damaged since it was opened, for whoever hosts it; null or absent: nothing. */
  readonly damage?: string | null

  /**
   * Stores `body` as entry `after + 1` of `game` if `after` is the game's version now. Resolves once durable, or with
   * 'conflict'. Appends of one caller to different games may resolve in any order.
   * @throws JournalFault 'outcome-unknown' if it was sent and never confirmed; 'storage-full' or 'unavailable' if
   *   nothing was stored.
   */
  append(game: GameId, after: Version, body: string): Promise<Appended>

  /**
   * A page of the durable entries of `game`: those with a version above `after` (default 0), oldest first, without gap
   * or void entry. At most `limit` (1 or more), and never more than {@link pageEntriesMax}, which is the default: no
   * reader needs memory for a whole history. Fewer than that: there were no more. An unknown game has none.
   * @throws JournalFault 'corrupt' if a chain does not hold; 'unavailable'.
   */
  read(game: GameId, after?: Version, limit?: number): Promise<readonly Entry[]>

  /**
   * The same from the end: the last entries with a version below `before` (default: all), oldest first. Fewer than
   * asked for: the first of them is entry 1. Costs no more for a long game than for a short one where the engine can.
   * @throws JournalFault as {@link read}.
   */
  readBack(game: GameId, before?: Version, limit?: number): Promise<readonly Entry[]>

  /**
   * Calls `hear` with the entries of all games behind `after`, in journal order, each once, first the stored ones and
   * then those to come, each only when durable. Calls never overlap; a batch is never empty; none comes before this
   * returns. In a journal of several partitions the entries of one have an order, and those of two have none.
   * @throws JournalFault 'corrupt' if the journal never gave out `after`: it is of another journal, or a tail is lost.
   */
  follow(after: Position, hear: (entries: readonly Entry[]) => void): Subscription

  /**
   * Calls `hear` with each version of `game` that is stored from now on, by any writer, only when it is durable, and
   * with its entry; null where only reading tells whether it is one, and what came before. Versions may be left out where
   * a later one follows. The last one is heard always: at once or, where word of it was lost, later. None comes before
   * this returns. Who listens first and then reads misses nothing.
   */
  listen(game: GameId, hear: Hear): Listening

  /** Whether an append to `game` would be taken now. Absent: as far as is known it would. */
  isAwake?(game: GameId): Promise<boolean>

  /**
   * How many ms of those between two instants of the monotonic clock nobody could append to `game`, as far as is known
   * here. Absent: none.
   */
  awayMs?(game: GameId, from: number, to: number): number

  /** Waits for appends in flight, then releases everything. Idempotent. Any other call afterwards is 'unavailable'. */
  close(): Promise<void>
}

export interface Subscription {
  /**
   * Resolves when every entry that was stored at the time of the `follow` call has been heard. Rejects if that will
   * not come: 'corrupt', or 'unavailable' once the subscription or the journal is closed.
   */
  readonly caughtUp: Promise<void>
  /** How far it is, also past what is no entry; absent: at the last entry that it has heard. */
  readonly position?: Position
  /** Idempotent; after it returns `hear` will not be called. */
  close(): void
}

export type Hear = (version: Version, entry: Entry | null) => void

export interface Listening {
  /** Idempotent; after it returns `hear` will not be called. */
  close(): void
}

export const journalFaults = ['outcome-unknown', 'storage-full', 'unavailable', 'corrupt', 'locked'] as const
export type JournalFaultName = (typeof journalFaults)[number]

/** The world failed below the journal. The message says what and where, for whoever hosts it. */
export class JournalFault extends Error {
  override readonly name = 'JournalFault'
  readonly fault: JournalFaultName

  constructor(fault: JournalFaultName, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}
