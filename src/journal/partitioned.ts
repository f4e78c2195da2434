/** One journal of several partitions: each game is in one of them, and a follower receives the entries of all. */
import { CatchingUp } from './follower.ts'
import type { Appended, Durability, Entry, GameId, OnEntries, Journal, JournalId } from './journal.ts'
import type { Listening, Position, Subscription, Version } from './journal.ts'
import { deriveId } from './journal-id.ts'
import { partitionOf } from './partition.ts'
import { joinPositions, splitPosition } from './position.ts'

type HandleEntries = (entries: readonly Entry[]) => void
type Page = readonly [from?: Version, limit?: number]

export class PartitionedJournal implements Journal {
  /** Derived from the ids of the partitions: if one of them is replaced, this is another journal. */
  readonly id: JournalId
  /** The guarantee that all partitions share. */
  readonly durability: Durability
  readonly #partitions: readonly Journal[]
  readonly #followers = new Set<Merge>()

  /** @param partitions must always be the same ones in the same order. This journal owns them and closes them. */
  constructor(partitions: readonly Journal[]) {
    this.id = deriveId(partitions.map(({ id }) => id))
    this.durability = weakest(partitions.map(({ durability }) => durability))
    this.#partitions = partitions
  }

  append(game: GameId, after: Version, body: string): Promise<Appended> {
    return this.#partition(this.#placeOf(game)).append(game, after, body)
  }

  async read(game: GameId, ...page: Page): Promise<readonly Entry[]> {
    const place = this.#placeOf(game)
    return this.#withOwnPosition(place, await this.#partition(place).read(game, ...page))
  }

  async readBack(game: GameId, ...page: Page): Promise<readonly Entry[]> {
    const place = this.#placeOf(game)
    return this.#withOwnPosition(place, await this.#partition(place).readBack(game, ...page))
  }

  follow(after: Position, handler: HandleEntries): Subscription {
    const merge: Merge = new Merge(splitPosition(after, this.#partitions.length), handler, () =>
      this.#followers.delete(merge),
    )
    merge.open(this.#partitions)
    this.#followers.add(merge)
    return merge
  }

  listen(game: GameId, handler: OnEntries): Listening {
    const place = this.#placeOf(game)
    return this.#partition(place).listen(game, (version, entry) =>
      handler(version, entry && (this.#withOwnPosition(place, [entry])[0] ?? null)),
    )
  }

  async isAwake(game: GameId): Promise<boolean> {
    return (await this.#partition(this.#placeOf(game)).isAwake?.(game)) ?? true
  }

  awayMs(game: GameId, from: number, to: number): number {
    return this.#partition(this.#placeOf(game)).awayMs?.(game, from, to) ?? 0
  }

  async close(): Promise<void> {
    for (const follower of this.#followers) follower.close()
    await Promise.all(this.#partitions.map((partition) => partition.close()))
  }

  /** Converts the positions of entries that were read: only the component of their own partition is set. */
  #withOwnPosition(place: number, entries: readonly Entry[]): readonly Entry[] {
    return withPositions(
      entries,
      place,
      this.#partitions.map(() => ''),
    )
  }

  #placeOf(game: GameId): number {
    return partitionOf(game, this.#partitions.length)
  }

  #partition(place: number): Journal {
    const partition = this.#partitions[place]
    if (partition === undefined) throw new RangeError('the journal has no partitions')
    return partition
  }
}

/**
 * The guarantee that all partitions share. `disk` and `quorum` survive different failures, so a mix of both gives only
 * `process`.
 */
function weakest(durabilities: readonly Durability[]): Durability {
  const [first = 'memory'] = durabilities
  if (durabilities.every((durability) => durability === first)) return first
  return durabilities.includes('memory') ? 'memory' : 'process'
}

/** Entries of partition `place`, each with its position in the whole journal: the position reached in every partition. */
function withPositions(entries: readonly Entry[], place: number, reached: readonly Position[]): readonly Entry[] {
  return entries.map((entry) => ({ ...entry, position: joinPositions(reached.with(place, entry.position)) }))
}

/** A follower of all partitions. */
class Merge implements Subscription {
  readonly caughtUp: Promise<void>
  readonly #caughtUp = new CatchingUp()
  readonly #handler: HandleEntries
  readonly #leave: () => void
  /** The position reached in each partition. */
  #reached: readonly Position[]
  #subscriptions: readonly Subscription[] = []
  /** Batches that came while the handler was running. */
  readonly #waiting: (readonly Entry[])[] = []
  #isDelivering = false
  #isClosed = false

  constructor(after: readonly Position[], handler: HandleEntries, leave: () => void) {
    this.#reached = after
    this.#handler = handler
    this.#leave = leave
    this.caughtUp = this.#caughtUp.promise
  }

  /** Follows all partitions. @throws JournalFault if a partition throws one; then no partition is followed. */
  open(partitions: readonly Journal[]): void {
    const subscriptions: Subscription[] = []
    try {
      for (const [place, partition] of partitions.entries())
        subscriptions.push(partition.follow(this.#reached[place] ?? '', (entries) => this.#take(place, entries)))
    } catch (cause) {
      for (const subscription of subscriptions) subscription.close()
      throw cause
    }
    this.#subscriptions = subscriptions
    Promise.all(subscriptions.map(({ caughtUp }) => caughtUp)).then(
      () => this.#caughtUp.reach(),
      (cause: unknown) => this.#caughtUp.fail(cause),
    )
  }

  close(): void {
    this.#isClosed = true
    // Closed before the partitions, so that their rejections of `caughtUp` are ignored.
    this.#caughtUp.close()
    for (const subscription of this.#subscriptions) subscription.close()
    this.#leave()
  }

  #take(place: number, entries: readonly Entry[]): void {
    this.#waiting.push(withPositions(entries, place, this.#reached))
    this.#reached = this.#reached.with(place, entries.at(-1)?.position ?? '')
    if (this.#isDelivering) return
    this.#isDelivering = true
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
        if (!this.#isClosed) this.#handler(next)
    } finally {
      this.#isDelivering = false
    }
  }
}
